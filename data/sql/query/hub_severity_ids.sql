-- hub: severities in a range of ranks, for severity[gte] and severity[lte] of the incident list.
select id from severity where rank between :lowest and :highest;
