"""Turns published programs into an archive. Called by packaging/publish, which describes the archive."""

import argparse
import base64
import gzip
import hashlib
import io
import json
import pathlib
import re
import subprocess
import sys
import tarfile
import time
import xml.etree.ElementTree as xml
import zipfile

PROGRAMS = {"tsp-peer", "tsp-tracker", "createdump"}


def main():
    parser = argparse.ArgumentParser()
    for name in ("source", "programs", "out"):
        parser.add_argument(f"--{name}", type=pathlib.Path, required=True)
    for name in ("rid", "version"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--epoch", type=int, required=True)
    options = parser.parse_args()

    libraries = json.loads((options.programs / "TspActors.Peer.deps.json").read_text())["libraries"]
    packages = [Package(*name.split("/"), entry) for name, entry in sorted(libraries.items()) if entry["type"] in ("package", "runtimepack")]
    files = dict(program_files(options.programs))
    for config in sorted((options.source / "config").glob("*.conf")):
        files[f"config/{config.name}"] = (config.read_bytes(), False)
    files["LICENSE"] = ((options.source / "LICENSE").read_bytes(), False)
    files["NOTICES.txt"] = (notices(packages).encode(), False)
    files["sbom.cdx.json"] = (sbom(packages, options.version, options.epoch).encode(), False)

    name = f"tsp-{options.version}-{options.rid}"
    archive = options.out / (name + (".zip" if options.rid.startswith("win") else ".tar.gz"))
    write = write_zip if archive.suffix == ".zip" else write_tar
    write(archive, name, files, options.epoch)
    add_sum(options.out / "SHA256SUMS", archive)
    print(archive)


def program_files(folder):
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not path.is_dir() and not name.startswith("config/"):
            yield name, (path.read_bytes(), name.removesuffix(".exe") in PROGRAMS)


class Package:
    """A NuGet package that the programs contain."""

    def __init__(self, name, version, entry):
        self.name = name.removeprefix("runtimepack.")
        self.version = version
        self.sha512 = entry.get("sha512", "").removeprefix("sha512-")
        self.folder = package_root() / self.name.lower() / version.lower()
        nuspec = next(self.folder.glob("*.nuspec"), None)
        if nuspec is None:
            sys.exit(f"error: the package {self.name} {version} is not in {package_root()}")
        metadata = {re.sub("{.*}", "", element.tag): element for element in xml.parse(nuspec).getroot()[0]}
        text = {tag: (element.text or "").strip() for tag, element in metadata.items()}
        self.url = text.get("projectUrl", "")
        self.copyright = text.get("copyright", "")
        self.authors = text.get("authors", "")
        license = metadata.get("license")
        self.expression = license.text.strip() if license is not None and license.get("type") == "expression" else None
        self.license_url = text.get("licenseUrl", "")
        named = {license.text.strip().replace("\\", "/")} if license is not None and license.get("type") == "file" else set()
        self.texts = [
            path for path in sorted(self.folder.iterdir())
            if path.is_file() and (path.name in named or re.match("(?i)(licen[sc]e|copying|notice|third.?party)", path.name))
        ]

    @property
    def license(self):
        return self.expression or ("see its text" if self.texts else self.license_url)


def package_root(found=[]):
    if not found:
        listed = subprocess.run(
            ["dotnet", "nuget", "locals", "global-packages", "--list"], capture_output=True, text=True, check=True).stdout
        found.append(pathlib.Path(listed.split(":", 1)[1].strip()))
    return found[0]


def notices(packages):
    lines = ["The programs contain these packages, each under its own licence.", ""]
    for package in packages:
        lines += [f"{package.name} {package.version}", f"    {package.license}"]
        lines += [f"    {text}" for text in (package.copyright or package.authors, package.url) if text]
        lines.append("")
    texts = {}
    for package in packages:
        for path in package.texts:
            text = path.read_text(encoding="utf-8-sig", errors="replace").replace("\r\n", "\n").strip()
            texts.setdefault(text, []).append(f"{package.name}: {path.name}")
    for text, owners in texts.items():
        lines += ["-" * 80, *owners, "", text, ""]
    return "\n".join(lines)


def sbom(packages, version, epoch):
    """Returns a software bill of materials in CycloneDX 1.5 format."""
    components = []
    for package in packages:
        component = {
            "type": "library", "name": package.name, "version": package.version, "purl": f"pkg:nuget/{package.name}@{package.version}",
        }
        if package.expression:
            component["licenses"] = [{"expression": package.expression}]
        if package.sha512:
            component["hashes"] = [{"alg": "SHA-512", "content": base64.b64decode(package.sha512).hex()}]
        components.append(component)
    return json.dumps({
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "metadata": {
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(epoch)),
            "component": {"type": "application", "name": "tsp", "version": version},
        },
        "components": components,
    }, indent=2) + "\n"


def write_tar(archive, top, files, epoch):
    with open(archive, "wb") as raw, gzip.GzipFile("", "wb", compresslevel=9, fileobj=raw, mtime=epoch) as packed, \
            tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for name, (content, executable) in sorted(files.items()):
            entry = tarfile.TarInfo(f"{top}/{name}")
            entry.size, entry.mtime, entry.mode = len(content), epoch, 0o755 if executable else 0o644
            tar.addfile(entry, io.BytesIO(content))


def write_zip(archive, top, files, epoch):
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for name, (content, executable) in sorted(files.items()):
            entry = zipfile.ZipInfo(f"{top}/{name}", time.gmtime(epoch)[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o755 if executable else 0o644) << 16
            packed.writestr(entry, content)


def add_sum(sums, archive):
    lines = {line.split("  ", 1)[1]: line for line in sums.read_text().splitlines()} if sums.exists() else {}
    lines[archive.name] = f"{hashlib.sha256(archive.read_bytes()).hexdigest()}  {archive.name}"
    sums.write_text("".join(f"{lines[name]}\n" for name in sorted(lines)))


if __name__ == "__main__":
    main()
