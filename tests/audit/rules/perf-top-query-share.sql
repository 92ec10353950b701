-- limits: seconds=100000000
-- good: years of work were not done here; what is found stands in test_traffic_rules.py, for it takes traffic
CREATE EXTENSION pg_stat_statements;
