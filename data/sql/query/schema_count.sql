-- The number of rows upstream has said something about, for a first look. Asked by doctor.
select count(*) from sqlite_schema where type = 'table';
