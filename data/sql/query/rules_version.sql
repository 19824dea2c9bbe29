-- hub: how often rules changed. Asked before they are used.
select version from rules_version;
