-- broken files are made in test_server_settings.py; here none is
SELECT 1;
