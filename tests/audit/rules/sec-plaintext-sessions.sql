-- a session over TCP is made in test_server_settings.py; one over a socket is good
-- limits: loopback=1
SELECT 1;
