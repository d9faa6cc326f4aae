"""What trajects and reports keep from this version on: columns with what holds for
those that there are, so that Odoo need not compute them one by one."""


def migrate(cr, version):
    """Existing trajects have no rhythm until the bureau chooses one; existing reports
    told of attendance and phases."""
    cr.execute(
        """
        ALTER TABLE outplacement_traject
          ADD COLUMN IF NOT EXISTS report_rhythm varchar DEFAULT 'none',
          ADD COLUMN IF NOT EXISTS date_next_report date,
          ADD COLUMN IF NOT EXISTS report_due_until date
        """
    )
    cr.execute("ALTER TABLE outplacement_traject ALTER report_rhythm DROP DEFAULT")
    for name in ("participation_consent", "phases_consent"):
        cr.execute(
            f"ALTER TABLE outplacement_report"
            f" ADD COLUMN IF NOT EXISTS {name} boolean DEFAULT TRUE"
        )
        cr.execute(f"ALTER TABLE outplacement_report ALTER {name} DROP DEFAULT")
