-- private: what nobody came back to for long.
delete from draft where changed_at < :before;
