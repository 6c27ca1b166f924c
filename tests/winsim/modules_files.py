# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules for files: win_copy, win_file, win_stat and win_get_url."""

from __future__ import annotations

import ntpath
import re
from typing import Any
from urllib.parse import urlsplit

from .files import FOLDER, checksum, content_of, kind_of
from .machine import View
from .module_base import ModuleFailure, Option, RefusedError, not_simulated, read
from .payload import Call

_ALGORITHMS = ("md5", "sha1", "sha256", "sha384", "sha512")
_COPY = {
    "_copy_mode": Option(default="single", choices=("explode", "query", "remote", "single")),
    "src": Option(),
    "dest": Option(required=True),
    "backup": Option("bool", default=False),
    "force": Option("bool", default=True),
    "_original_basename": Option(),
    "files": Option("raw", default=()),
    "directories": Option("raw", default=()),
}
_FILE = {
    "path": Option(required=True, aliases=("dest", "name")),
    "state": Option(choices=("absent", "directory", "file", "touch")),
}
_STAT = {
    "path": Option(required=True, aliases=("dest", "name")),
    "get_checksum": Option("bool", default=True),
    "get_size": Option("bool", default=True),
    "checksum_algorithm": Option(default="sha1", choices=_ALGORITHMS),
    "follow": Option("bool", default=False),
}
# Options of the web request itself: they change nothing here, where every URL is a line of a table.
_REQUEST = (
    *("url_method", "method", "url_timeout", "timeout", "headers", "http_agent", "maximum_redirection"),
    *("follow_redirects", "validate_certs", "client_cert", "client_cert_password", "force_basic_auth"),
    *("url_username", "url_password", "use_default_credential", "use_proxy", "proxy_url", "proxy_username"),
    *("proxy_password", "proxy_use_default_credential"),
)
_GET_URL = {
    "url": Option(required=True),
    "dest": Option(required=True),
    "force": Option("bool", default=True),
    "checksum": Option(),
    "checksum_algorithm": Option(default="sha1", choices=_ALGORITHMS),
    **not_simulated("checksum_url"),
    **{name: Option("raw") for name in _REQUEST},
}


# -- win_copy -------------------------------------------------------------------------------------------------------


def win_copy(call: Call, view: View) -> dict[str, Any]:
    """The module behind the action of the same name: which files are missing, and the copy of one."""
    options = read(call, _COPY, strict=False)
    if options["backup"] or options["_copy_mode"] == "explode" or options["directories"]:
        raise RefusedError("win_copy of folders, or with backup, is not simulated")
    options["dest"] = view.expand(options["dest"])
    if options["_copy_mode"] == "query":
        missing = [file for file in options["files"] if _differs(view, options, file)]
        return {"changed": False, "files": missing, "directories": [], "symlinks": []}
    source = view.expand(options["src"] or "")
    kind = view.file_kind(source)
    if options["_copy_mode"] == "remote":
        return _copy_remote(call, view, options, source, kind)
    if kind is None:
        raise ModuleFailure(f"Cannot copy src file: '{source}' as it does not exist")
    target = _target(view, options["dest"], options["_original_basename"] or ntpath.basename(source))
    folder = ntpath.dirname(target)
    if not view.is_folder(folder):
        if target == options["dest"]:
            raise ModuleFailure(f"Destination directory '{folder}' does not exist")
        view.write(folder, FOLDER)
    view.write(target, kind)
    return {"changed": True}


def _differs(view: View, options: dict[str, Any], file: dict[str, Any]) -> bool:
    path = ntpath.join(options["dest"], file["dest"])
    if view.is_folder(path):
        path = ntpath.join(path, re.split(r"[\\/]", file["src"])[-1])
        if view.is_folder(path):
            text = f"cannot copy file to dest '{path}': object at path is already a directory"
            raise ModuleFailure(text)
    kind = view.file_kind(path)
    if kind is None:
        return True
    return bool(options["force"]) and checksum(content_of(kind)) != file["checksum"]


def _copy_remote(call: Call, view: View, options: dict[str, Any], source: str, kind: str | None) -> dict[str, Any]:
    """``remote_src``: from one place of the machine, or a share, to another."""
    if kind is None:
        if view.exists(source):
            raise RefusedError("win_copy of folders is not simulated")
        raise ModuleFailure(f"Cannot copy src file: '{source}' as it does not exist")
    target = _target(view, options["dest"], ntpath.basename(source))
    if view.is_folder(target):
        text = f"cannot copy file from '{source}' to '{target}': dest is already a folder"
        raise ModuleFailure(text)
    there = view.file_kind(target)
    changed = there is None or (options["force"] and content_of(there) != content_of(kind))
    if changed and not call.check_mode:
        if not view.is_folder(ntpath.dirname(target)):
            view.write(ntpath.dirname(target), FOLDER)
        view.write(target, kind)
    result = {"changed": changed, "src": source, "dest": target, "operation": "file_copy"}
    result["original_basename"] = ntpath.basename(source)
    written = view.file_kind(target)
    result["size"] = None if written is None else len(content_of(written))
    return result | {"checksum": checksum(content_of(kind)) if options["force"] else None}


def _target(view: View, dest: str, basename: str) -> str:
    if dest.endswith(("/", "\\")) or view.is_folder(dest):
        return ntpath.join(dest, basename)
    return dest


# -- win_file -------------------------------------------------------------------------------------------------------


def win_file(call: Call, view: View) -> dict[str, Any]:
    """Folders made, files and folders removed."""
    options = read(call, _FILE, strict=False)
    path, state = view.expand(options["path"]), options["state"]
    if state == "touch":
        raise RefusedError("win_file with state=touch is not simulated")
    if view.exists(path):
        is_folder = view.is_folder(path)
        if state == "directory" and not is_folder:
            raise ModuleFailure(f"path {path} is not a directory")
        if state == "file" and is_folder:
            raise ModuleFailure(f"path {path} is not a file")
        if state == "absent" and not call.check_mode:
            _remove(view, path)
        return {"changed": state == "absent"}
    if state is None:
        state = "file" if ntpath.basename(path) else "directory"
    if state == "file":
        raise ModuleFailure(f"path {path} will not be created")
    if state == "directory" and not call.check_mode:
        view.write(path, FOLDER)
    return {"changed": state == "directory"}


def _remove(view: View, path: str) -> None:
    for one in [*view.below(path), path]:
        view.remove(one)
    if view.exists(path):
        raise RefusedError(f"removing {path}, which came with Windows or Office, is not simulated")


# -- win_stat -------------------------------------------------------------------------------------------------------


def win_stat(call: Call, view: View) -> dict[str, Any]:
    """What is at a path."""
    options = read(call, _STAT)
    path = view.resolve(view.expand(options["path"]))
    if not view.exists(path):
        return {"changed": False, "stat": {"exists": False}}
    kind = view.file_kind(path)
    now = view.world.clock.now().timestamp() if view.world is not None else 0.0
    stat: dict[str, Any] = {
        "exists": True,
        "attributes": "Directory" if kind is None else "Archive",
        "isarchive": kind is not None,
        "isdir": kind is None,
        "isreg": kind is not None,
        "hlnk_targets": [],
        "nlink": 1,
        "path": path,
        "filename": ntpath.basename(path),
        "owner": r"BUILTIN\Administrators",
        **dict.fromkeys(("ishidden", "isjunction", "islnk", "isreadonly", "isshared"), False),
        **dict.fromkeys(("creationtime", "lastaccesstime", "lastwritetime"), now),
    }
    if kind is not None:
        content = content_of(kind)
        stat["extension"] = ntpath.splitext(path)[1]
        stat |= {"checksum": checksum(content, options["checksum_algorithm"])} if options["get_checksum"] else {}
        stat |= {"size": len(content)} if options["get_size"] else {}
    elif options["get_size"]:
        stat["size"] = sum(len(content_of(view.file_kind(one) or "")) for one in view.below(path))
    return {"changed": False, "stat": stat}


# -- win_get_url ----------------------------------------------------------------------------------------------------


def win_get_url(call: Call, view: View) -> dict[str, Any]:
    """A download from the fleet file's table of URLs."""
    options = read(call, _GET_URL)
    url, dest = options["url"], view.expand(options["dest"])
    result: dict[str, Any] = {"changed": False, "url": url, "elapsed": 0}
    if view.is_folder(dest):
        parts = urlsplit(url)
        dest = ntpath.join(dest, parts.path.rpartition("/")[2] or parts.hostname or "")
    elif dest.endswith("\\"):
        raise ModuleFailure(_no_folder(f"The destination path '{dest}' does not exist, or"), **_without_change(result))
    result["dest"] = dest
    algorithm = options["checksum_algorithm"]
    wanted = (options["checksum"] or "").strip().lower()
    there = view.file_kind(dest)
    existing = checksum(content_of(there), algorithm) if there is not None else ""
    force = options["force"] or bool(wanted and existing != wanted)
    if there is None or force:
        content = _download(view, url, dest, result)
        found = result["checksum_src"] = checksum(content, algorithm)
        if wanted and wanted != found:
            text = f"The checksum for {url} did not match '{wanted}', it was '{found}'"
            raise ModuleFailure(text, **_without_change(result))
        if found != existing:
            result["changed"] = True
            if not call.check_mode:
                view.write(dest, kind_of(content))
    written = view.file_kind(dest)
    if written is not None:
        content = content_of(written)
        result |= {"checksum_dest": checksum(content, algorithm), "size": len(content)}
    return result


def _download(view: View, url: str, dest: str, result: dict[str, Any]) -> bytes:
    folder = ntpath.dirname(dest)
    if not view.is_folder(folder):
        text = f"The path '{folder}' does not exist for destination '{dest}', or"
        raise ModuleFailure(_no_folder(text), **_without_change(result))
    found = view.downloads.get(url)
    if found is None:
        error = f"The remote name could not be resolved: '{urlsplit(url).hostname}'"
    elif "error" in found:
        error = found["error"]
    else:
        return content_of(found["kind"])
    raise ModuleFailure(f"Error downloading '{url}' to '{dest}': {error}", **_without_change(result))


def _no_folder(text: str) -> str:
    hint = "Ensure download destination folder exists (perhaps using win_file state=directory) before win_get_url runs."
    return f"{text} is not visible to the current user. {hint}"


def _without_change(result: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in result.items() if name != "changed"}
