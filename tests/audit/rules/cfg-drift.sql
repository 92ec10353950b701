-- files that differ are made in test_server_settings.py; here the server runs with what they say
SELECT 1;
