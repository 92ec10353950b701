-- a change that waits is made in test_server_settings.py; here none does
SELECT 1;
