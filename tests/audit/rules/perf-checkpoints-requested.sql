-- limits: percent=100
-- good: a quiet server; what is found stands in test_traffic_rules.py, for it takes checkpoints
SELECT 1;
