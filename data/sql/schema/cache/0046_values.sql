-- Values of alerts' attributes, and of the columns that are derived from them, as numbers. A condition is tested on the
-- distinct values, which are few; which alerts have one of those is then read from a small table from end to end, and no
-- JSON. alert_value: a value and its number; of an attribute the value '' stands for any that is there. alert_values: the
-- numbers of an alert (key = the alert's), the columns' in their order and then those of its attributes, each in sevens of
-- bits, the low ones first. Kept by src/store/values.c.
create table alert_value (
    is_column integer not null, -- name is that of a column, and not of an attribute
    name text not null collate nocase,
    value text not null,
    number integer not null,
    primary key (is_column, name, value)
) strict, without rowid;

create table alert_values (
    key integer primary key,
    numbers blob not null
) strict;

-- One row: the last number, and up to which key alerts that were there before this table are still to be read (0 = none).
create table alert_values_state (
    one integer primary key check (one = 1),
    last_number integer not null,
    waiting_to integer not null
) strict;
insert into alert_values_state (one, last_number, waiting_to) select 1, 0, ifnull(max(key), 0) from alert;
