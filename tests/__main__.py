"""`python -m tests`: lint, format check, types and tests, in this order; stops at the first that fails."""

import subprocess
import sys

CHECKS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    ("pytest", "-q", "-n", "2", "--dist", "worksteal"),
)


def main() -> int:
    for name, *arguments in CHECKS:
        print(f"== {name} {' '.join(arguments)}", flush=True)  # noqa: T201  # a command line's own output
        status = subprocess.run([sys.executable, "-m", name, *arguments], check=False).returncode
        if status:
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
