-- good: nobody is late here; what is found stands in test_traffic_rules.py, for it takes several sessions
SELECT 1;
