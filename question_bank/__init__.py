"""A library about questions: what they are, how they are marked, kept and searched. It knows no web and no people."""

import os

# numpy's linear algebra would work with a thread for each core. On the small stacks of a web server's threads that
# crashes the whole process (OpenBLAS, dgetrf_parallel), and for matrices as small as ours it is slower as well.
# It is read when numpy is first imported, by whomever: this package comes before.
os.environ["OPENBLAS_NUM_THREADS"] = "1"
