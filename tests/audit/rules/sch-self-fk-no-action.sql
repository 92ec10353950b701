-- expects: info lab.tree tree_above_fkey | ON DELETE NO ACTION
-- expects: info lab."Mixed ""Case" "Odd ""Name" | ON DELETE RESTRICT
CREATE SCHEMA lab;
CREATE TABLE lab.tree (id int PRIMARY KEY, above int REFERENCES lab.tree);
CREATE TABLE lab."Mixed ""Case" (id int PRIMARY KEY, above int,
    CONSTRAINT "Odd ""Name" FOREIGN KEY (above) REFERENCES lab."Mixed ""Case" ON DELETE RESTRICT);
-- good: other actions, another table
CREATE TABLE lab.good (id int PRIMARY KEY, above int REFERENCES lab.good ON DELETE CASCADE, beside int REFERENCES lab.good ON DELETE SET NULL,
                       tree int REFERENCES lab.tree);
