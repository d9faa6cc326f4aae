def migrate(cr, version):
    """Let assignments date from when they were made: volumes of a file begin then."""
    cr.execute(
        """
        ALTER TABLE outplacement_traject_member
            ADD COLUMN IF NOT EXISTS assigned_at timestamp;
        UPDATE outplacement_traject_member
           SET assigned_at = create_date
         WHERE assigned_at IS NULL
        """
    )
