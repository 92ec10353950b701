-- expects: bad track_activities | track_activities = off
-- expects: bad track_counts | track_counts = off
-- badly: track_activities = off
-- badly: track_counts = off
-- well: track_activities = on
-- well: track_counts = on
SELECT 1;
