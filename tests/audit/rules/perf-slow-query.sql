-- limits: milliseconds=100000000
-- good: nothing takes a day on average; what is found stands in test_traffic_rules.py, for it takes traffic
CREATE EXTENSION pg_stat_statements;
