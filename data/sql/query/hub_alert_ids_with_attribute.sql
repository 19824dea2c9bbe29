-- hub: alerts with any value in an attribute, for attributes[ID][is_blank].
select parent_id from alert_attribute_entry where attribute_id = :attribute;
