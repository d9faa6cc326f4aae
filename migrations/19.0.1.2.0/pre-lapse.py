def migrate(cr, version):
    """Say of instalments that lapsed what they lapsed of, and why: until now, only a
    cancelled traject made them lapse."""
    cr.execute(
        """
        ALTER TABLE outplacement_instalment
            ADD COLUMN IF NOT EXISTS amount_lapsed numeric,
            ADD COLUMN IF NOT EXISTS lapse_reason varchar;
        UPDATE outplacement_instalment
           SET amount_lapsed = CASE WHEN is_lapsed THEN amount ELSE 0 END,
               lapse_reason = CASE WHEN is_lapsed THEN 'cancelled' END
         WHERE amount_lapsed IS NULL
           AND lapse_reason IS NULL
        """
    )
