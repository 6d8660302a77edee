"""Where the published schemas, shapes, vocabularies and contexts that exports are held against can be had, and a command that
brings what is missing into a folder and tests against it:

    python -m tests.schemas FOLDER [--from ADDRESS]

Each file is taken from a public repository at one commit, and is used only if it has the digest that stands here. ADDRESS, in
the place of GitHub's, is of files at OWNER/NAME/COMMIT/PATH. None of the files is part of this project.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple
from urllib.request import urlopen

GITHUB = "https://raw.githubusercontent.com/"


class Source(NamedTuple):
    """A file by the name that tests know it by, and where it is: a repository, its commit, and the path there."""

    name: str
    repository: str
    commit: str
    path: str
    sha256: str


_OPENCASE = ("1EdTech/OpenCASE", "a30c942bc98f431e2d5483f37f5e0e2b087a2b34")
_EDUBADGES = ("educredentials/obv3-examples", "a5a6b6d5eb043d37ef004a16fb84fed65b15de6a")
_BADGES = ("1EdTech/openbadges-specification", "1af145ff2dc6e22627e79eb5d0f9afca06ea2489")
_CREDENTIALS = ("w3c/vc-data-model", "979c4af1cfe2224ed7b0ee5ec4d7a009a465812b")
_ELM = ("european-commission-empl/European-Learning-Model", "9d7c5d22002237c3afeb1750b7038e6fe2cdd371")
_CTDL = ("ChelseaKR/ctdl-validate", "e7196aba7d4c6ea11f771d85a7e8382b93ce56eb")
_CTDL_2019 = ("CredentialEngine/CTDL_Json_Validation_Schema", "f2a5e60493494556211c90d6f1b248c29de65f90")
_SCHEMA_ORG = ("schemaorg/schemaorg", "cc71c8e064859e912aac8b11ec06e6bc53255b6a")

SOURCES = (
    Source(
        "case_v1p1_cfpackage-jsonschema1.json",
        *_OPENCASE,
        "apps/opencase/schemas/official/case-v1p1-cfpackage.json",
        "0fb12b56304253dd02c116638e51590b47fb924307463098dbc889e9400ddf63",
    ),
    Source(
        "ob_v3p0_achievementcredential_schema.json",
        *_EDUBADGES,
        "schemas/ob_v3p0_achievementcredential_schema.json",
        "859e405b592d93c3261fe899362f4128801140d4d20c01502a066b3540483d95",
    ),
    Source(
        "ob-v3p0-3.0.3.json",
        *_BADGES,
        "ob_v3p0/context-3.0.3.json",
        "ef2fa9c7846dce233cc166b43639027278be4ee44f00bb1d45c75de2dd0cd761",
    ),
    Source(
        "credentials-v1.jsonld",
        *_CREDENTIALS,
        "contexts/credentials/v1",
        "ab4ddd9a531758807a79a5b450510d61ae8d147eab966cc9a200c07095b0cdcc",
    ),
    Source(
        "credentials-v2.jsonld",
        *_CREDENTIALS,
        "contexts/credentials/v2",
        "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
    ),
    Source(
        "EDC-generic-no-cv.ttl",
        *_ELM,
        "rdf/ap/edc/EDC-generic-no-cv.ttl",
        "14e691293cad67283301f032b946fdf104687547327bfd0eef747afa3316115d",
    ),
    Source(
        "EDC-generic-full.ttl",
        *_ELM,
        "rdf/ap/edc/EDC-generic-full.ttl",
        "5e409f5bb79e0013867f63b8e5174ae4013bb971a0d729fd77ba2fb531e1be8b",
    ),
    Source(
        "edc-ap-context.jsonld",
        *_ELM,
        "rdf/ap/edc/edc-ap-context.jsonld",
        "528f8a0e86dbbec7db2216c61806e6311feedac77a51d1a38b0a1d49e4c337fb",
    ),
    Source(
        "ELM.ttl",
        *_ELM,
        "rdf/ontology/ELM.ttl",
        "92fb48856865e15c0d50fdce1ec3f4a3635a6e82cd081d94267d94ecea7f7d3c",
    ),
    Source(
        "ctdlasn-vocabulary.json",
        *_CTDL,
        "src/ctdl_validate/vendor/ctdlasn/schema.json",
        "8bacfcec140c03e144903acd04eeacc3f466c2245ca2a1bb703a322981fda0b7",
    ),
    Source(
        "ctdlasn-context.json",
        *_CTDL,
        "src/ctdl_validate/vendor/ctdlasn/context.json",
        "783a5a5e132deb0023f6a4ea5201b9b69e298e6c359c1fd8d3c595392f8e7e72",
    ),
    Source(
        "ctdlasn-competency.json",
        *_CTDL_2019,
        "Schema-2019-06-30/competency.json",
        "c7c7b08d137b00363a2041edcc5a7b4cf9ee42226c000ad90a372c265d5c6a39",
    ),
    Source(
        "ctdlasn-competency_framework.json",
        *_CTDL_2019,
        "Schema-2019-06-30/competency_framework.json",
        "cd981c69949666c4f95a25e967831f790a098a476636fef1b4e513525cde38ce",
    ),
    Source(
        "schemaorg-all-https.jsonld",
        *_SCHEMA_ORG,
        "data/releases/30.0/schemaorg-all-https.jsonld",
        "06227db49dd4674227727176c9cd1e5bbd4174c1cef9391c7ed4dfcef865f2a8",
    ),
    Source(
        "schemaorgcontext.jsonld",
        *_SCHEMA_ORG,
        "data/releases/30.0/schemaorgcontext.jsonld",
        "d8167890b056bc7c71eb39b30cbb4816490d5e671371ba50a5a633d1bc36961a",
    ),
)


def bring(source: Source, folder: Path, address: str = GITHUB) -> None:
    """Write the file to the folder, if it is what it should be."""
    at = f"{address.rstrip('/')}/{source.repository}/{source.commit}/{source.path}"
    if not at.startswith(("https://", "http://127.0.0.1:")):
        raise SystemExit(f"{address} is no address of the web, nor of this machine")
    with urlopen(at, timeout=60) as answer:  # noqa: S310  # checked above
        content = answer.read()
    if hashlib.sha256(content).hexdigest() != source.sha256:
        raise SystemExit(f"{at} is not the file that was tested against: its digest is another")
    (folder / source.name).write_bytes(content)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.schemas", description="Test exports against published schemas.")
    parser.add_argument("folder", type=Path, help="where the schemas are, or are brought")
    parser.add_argument("--from", dest="address", default=GITHUB, help="where they are brought from; GitHub by default")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    for source in SOURCES:
        if not (options.folder / source.name).is_file():
            bring(source, options.folder, options.address)
    environment = os.environ | {"ITSS_KG_SCHEMAS": str(options.folder.resolve())}
    command = [sys.executable, "-m", "pytest", "-q", "-rs", "tests/test_published_schemas.py"]
    return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
