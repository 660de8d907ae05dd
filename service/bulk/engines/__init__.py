"""What scores the parts of a job: processes of this machine, or actors on the nodes of Ray.

Not here: what is read, how a part is scored, and what is written (`gatewise.service.bulk`).
"""
