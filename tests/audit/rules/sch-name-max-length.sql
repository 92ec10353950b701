-- expects: info lab | 2 at the limit
CREATE SCHEMA lab;
CREATE TABLE lab.a_table_with_a_name_that_says_everything_about_what_stands_in_i (a int);
CREATE TABLE lab.t (the_number_of_days_between_the_order_and_its_delivery_to_the_cu int);
-- good
CREATE TABLE lab.a_table_with_a_name_that_says_nearly_everything_about_what_is_ (a int);
