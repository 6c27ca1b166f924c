# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulated server becomes a KMS host through unmodified modules: files, packs, services, firewall, DNS."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest
from integration.winsim_server import FleetServer, PlaybookRun, listens
from winsim.packs import pack_text

pytestmark = pytest.mark.one_core

PACK = pack_text(2021)
SHA256 = hashlib.sha256(PACK.encode()).hexdigest()
HOST_ID = "47f3b983-7c53-4d45-abc6-bcd91e2dd90a"
KEY = "AAAAA-BBBBB-CCCCC-DDDDD-HST21"
SPP = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\SoftwareProtectionPlatform"
FLEET = rf"""
clock: 2026-11-24T08:00:00Z
dns: {{corp.example: {{}}, branch.example: {{}}}}
microsoft: {{keys: [{{key: {KEY}, office: 2021, channel: kms_host}}]}}
downloads:
  https://files.corp.example/pack2021.exe: {{pack: 2021}}
  https://files.corp.example/gone.exe: {{error: 'The remote server returned an error: (404) Not Found.'}}
  '\\files\packs\pack2021.exe': {{pack: 2021}}
defaults: {{domain: corp.example}}
hosts:
  kms01: {{groups: [kms], os: Windows Server 2022, address: 127.10.7.21, firewall: true}}
  packs: {{os: Windows Server 2022, address: 127.10.7.22}}
  dc01: {{os: Windows Server 2022, dns_server: true}}
  user: {{os: Windows Server 2022, faults: [not_elevated]}}
  pc[1:5]: {{groups: [clients], os: Windows 11, office: [{{product: proplus, version: 2021}}]}}
"""
SLMGR = r"cscript.exe //Nologo //T:60 C:\Windows\System32\slmgr.vbs"
OSPP = r'cscript.exe //Nologo "C:\Program Files\Microsoft Office\Office16\OSPP.VBS"'

HOST = rf"""
- hosts: kms01
  gather_facts: false
  tasks:
    - name: folder
      ansible.windows.win_file: {{path: 'C:\Packs', state: directory}}
    - name: copied
      ansible.windows.win_copy: {{src: pack2021.exe, dest: 'C:\Packs\'}}
    - name: written
      ansible.windows.win_copy: {{content: "winsim licence\noffice: 2021\n", dest: 'C:\Packs\host.xrm-ms'}}
    - name: stat
      ansible.windows.win_stat: {{path: 'C:\Packs\pack2021.exe', checksum_algorithm: sha256}}
    - name: pack
      ansible.windows.win_command: C:\Packs\pack2021.exe /quiet
      async: 30
      poll: 1
    - name: licence file
      ansible.windows.win_command: {SLMGR} /ilc C:\Packs\host.xrm-ms
    - name: key
      ansible.windows.win_command: {SLMGR} /ipk {KEY}
    - name: activate
      ansible.windows.win_command: {SLMGR} /ato {HOST_ID}
    - name: domains
      ansible.windows.win_command: >-
        cmd.exe /d /s /c "reg add "{SPP}" /v DnsDomainPublishList /t REG_MULTI_SZ
        /d "corp.example, 1, 2\0branch.example" /f & reg query "{SPP}" /v DnsDomainPublishList"
    - name: port
      ansible.windows.win_regedit:
        path: {SPP.replace("HKLM", "HKLM:")}
        name: KeyManagementServiceListeningPort
        data: "{{{{ port }}}}"
    - name: rule
      community.windows.win_firewall_rule:
        name: KMS host
        localport: "{{{{ port }}}}"
        protocol: tcp
        direction: in
        action: allow
        profiles: [domain, private]
        remoteip: 10.0.0.0/8,LocalSubnet
      when: rule | default(true)
    - name: restart
      ansible.windows.win_service: {{name: sppsvc, state: restarted}}
      when: restart | default(true)
    - name: gone
      ansible.windows.win_file: {{path: 'C:\Packs\host.xrm-ms', state: absent}}
"""


@pytest.fixture(scope="module")
def fleet() -> Iterator[FleetServer]:
    with FleetServer(FLEET) as server:
        (server.folder / "pack2021.exe").write_text(PACK)
        (server.folder / "other.exe").write_text(pack_text({"office": 2024}))
        yield server
        assert server.violations() == []


@pytest.fixture(scope="module")
def first(fleet: FleetServer) -> PlaybookRun:
    return fleet.play(HOST, "-e", "port=1700")


def test_a_bare_server_becomes_a_kms_host(fleet: FleetServer, first: PlaybookRun) -> None:
    assert first.exit_code == 0, first.stdout + first.stderr
    assert first.stats["kms01"]["failures"] == 0
    host = fleet.world()["kms_hosts"][0]
    assert (host["name"], host["port"], host["serves"], host["running"]) == ("kms01.corp.example", 1700, [2021], True)
    assert listens("127.10.7.21", 1700)
    srv = fleet.world()["dns"]["srv"]
    assert srv["corp.example"][-1] == {"target": "kms01.corp.example", "port": 1700, "priority": 1, "weight": 2}
    assert [record["priority"] for record in srv["branch.example"]] == [0]


def test_the_modules_answer_as_the_genuine_ones(first: PlaybookRun) -> None:
    copied = first.results("copied")["kms01"]
    assert (copied["changed"], copied["dest"], copied["operation"]) == (True, r"C:\Packs\pack2021.exe", "file_copy")
    assert first.results("stat")["kms01"]["stat"]["checksum"] == SHA256
    pack = first.results("pack")["kms01"]
    assert (pack["rc"], pack["changed"], pack["finished"]) == (0, True, 1)
    assert r"REG_MULTI_SZ    corp.example, 1, 2\0branch.example" in first.results("domains")["kms01"]["stdout"]
    assert first.results("rule")["kms01"]["msg"] == "Firewall rule 'KMS host' created."
    restarted = first.results("restart")["kms01"]
    assert (restarted["state"], restarted["start_mode"], restarted["exists"]) == ("running", "auto", True)


def test_the_second_run_changes_nothing(fleet: FleetServer, first: PlaybookRun) -> None:
    again = fleet.play(HOST, "-e", "port=1700", "-e", '{"restart": false}')
    names = ("folder", "copied", "port", "rule")
    assert {name: again.results(name)["kms01"]["changed"] for name in names} == dict.fromkeys(names, False)
    assert fleet.state("kms01")["rules"]["KMS host"]["localport"] == "1700"
    written = [path for path, _ in fleet.state("kms01")["files"].values()]
    assert not [path for path in written if "ansible-tmp" in path]


def test_check_mode_predicts_and_changes_nothing(fleet: FleetServer, first: PlaybookRun) -> None:
    before = fleet.state("kms01")
    tasks = r"""
- hosts: kms01
  gather_facts: false
  tasks:
    - {name: folder, ansible.windows.win_file: {path: 'C:\Other', state: directory}}
    - {name: copied, ansible.windows.win_copy: {src: other.exe, dest: 'C:\Packs\'}}
    - {name: rule, community.windows.win_firewall_rule: {name: KMS host, enabled: false}}
    - {name: stop, ansible.windows.win_service: {name: sppsvc, state: stopped, start_mode: manual}}
"""
    run = fleet.play(tasks, "--check", "--diff")
    assert run.stats["kms01"]["changed"] == 4, run.stdout
    assert run.results("stop")["kms01"]["diff"]["after"]["state"] == "stopped"
    assert fleet.state("kms01") == before


def test_five_clients_find_it_and_the_firewall_counts(fleet: FleetServer, first: PlaybookRun) -> None:
    play = f"""
- hosts: clients
  gather_facts: false
  serial: 1
  tasks:
    - {{name: act, ansible.windows.win_command: '{OSPP} /act'}}
"""
    run = fleet.play(play)
    texts = {host: result["stdout"] for host, result in run.results("act").items()}
    assert ["activation successful" in text for text in texts.values()] == [False] * 4 + [True]
    fleet.play(HOST, "-e", "port=1688", "-e", '{"rule": false}')
    assert not listens("127.10.7.21", 1688)
    assert "0xC004F074" in fleet.play(play).results("act")["pc1"]["stdout"]
    moved = fleet.play(HOST, "-e", "port=1688")
    assert "changed 'KMS host'" in moved.results("rule")["kms01"]["msg"]
    assert listens("127.10.7.21", 1688)
    assert not listens("127.10.7.21", 1700)
    assert "activation successful" in fleet.play(play).results("act")["pc1"]["stdout"]


def test_a_stopped_service_listens_no_longer(fleet: FleetServer, first: PlaybookRun) -> None:
    play = """
- hosts: kms01
  gather_facts: false
  tasks:
    - {name: service, ansible.windows.win_service: {name: sppsvc, state: stopped}}
"""
    port = fleet.world()["kms_hosts"][0]["port"]
    assert listens("127.10.7.21", port)
    assert fleet.play(play).results("service")["kms01"]["state"] == "stopped"
    assert not listens("127.10.7.21", port)
    fleet.play(play.replace("stopped", "started"))
    assert listens("127.10.7.21", port)


# -- packs ----------------------------------------------------------------------------------------------------------

PACKS = r"""
- hosts: packs
  gather_facts: false
  tasks:
    - {name: folder, ansible.windows.win_file: {path: 'C:\Packs', state: directory}}
    - name: files
      ansible.windows.win_copy:
        content: "winsim volume license pack\noffice: 2021\nbehaviour: {{ item }}\nseconds: 2\n"
        dest: C:\Packs\{{ item }}.exe
      loop: [wizard, wizard_after, wrong_version, fails, slow]
    - {name: wizard, ansible.windows.win_command: 'C:\Packs\wizard.exe /quiet', async: 3, poll: 1, ignore_errors: true}
    - {name: nothing yet, ansible.windows.win_command: cscript.exe //Nologo C:\Windows\System32\slmgr.vbs /dlv ID}
    - {name: wrong, ansible.windows.win_command: 'C:\Packs\wrong_version.exe'}
    - {name: fails, ansible.windows.win_command: 'C:\Packs\fails.exe', ignore_errors: true}
    - {name: missing, ansible.windows.win_command: 'C:\Packs\missing.exe', ignore_errors: true}
    - {name: slow, ansible.windows.win_command: 'C:\Packs\slow.exe', async: 20, poll: 1}
    - {name: later, ansible.windows.win_command: 'C:\Packs\slow.exe', async: 20, poll: 0, register: job}
    - name: waited for
      ansible.builtin.async_status: {jid: '{{ job.ansible_job_id }}'}
      register: waited
      until: waited.finished
      retries: 10
      delay: 1
    - name: wizard after
      ansible.windows.win_command: 'C:\Packs\wizard_after.exe'
      async: 2
      poll: 1
      ignore_errors: true
- hosts: user
  gather_facts: false
  tasks:
    - {name: pack, ansible.windows.win_copy: {src: pack2021.exe, dest: 'C:\ProgramData\pack.exe'}}
    - {name: not elevated, ansible.windows.win_command: 'C:\ProgramData\pack.exe', ignore_errors: true}
    - name: restart
      ansible.windows.win_service: {name: sppsvc, state: restarted}
      ignore_errors: true
"""


@pytest.fixture(scope="module")
def packs(fleet: FleetServer) -> PlaybookRun:
    return fleet.play(PACKS.replace("/dlv ID", f"/dlv {HOST_ID}"))


def test_a_wizard_that_hangs_ends_with_the_time_limit(fleet: FleetServer, packs: PlaybookRun) -> None:
    for name in ("wizard", "wizard after"):
        result = packs.results(name)["packs"]
        assert result["failed"], result
        assert result["msg"] in (
            "timed out waiting for module completion",
            "async task did not complete within the requested time - 3s",
            "async task did not complete within the requested time - 2s",
        )
    assert fleet.state("packs")["hung"] == [r"C:\Packs\wizard.exe", r"C:\Packs\wizard_after.exe"]


def test_what_the_packs_install(fleet: FleetServer, packs: PlaybookRun) -> None:
    assert HOST_ID not in packs.results("nothing yet")["packs"]["stdout"]
    assert packs.results("fails")["packs"]["rc"] == 17002
    assert packs.results("missing")["packs"]["rc"] == 2
    assert packs.results("slow")["packs"]["rc"] == 0
    waited = packs.results("waited for")["packs"]
    assert (waited["rc"], bool(waited["finished"])) == (0, True)
    names = [product["Name"] for product in fleet.state("packs")["licensing"]["products"]]
    assert [name for name in names if name.startswith("Office")] == [
        "Office 15, OfficeKMSHostVL_KMS_Host edition",
        "Office 21, Office21KMSHost2021VL_KMS_Host edition",
    ]


def test_without_elevation(packs: PlaybookRun) -> None:
    refused = packs.results("not elevated")["user"]
    assert "The requested operation requires elevation" in refused["msg"]
    assert "Access is denied" in packs.results("restart")["user"]["msg"]


# -- downloads, services, DNS ---------------------------------------------------------------------------------------

REST = r"""
- hosts: dc01
  gather_facts: false
  tasks:
    - name: download
      ansible.windows.win_get_url:
        url: https://files.corp.example/pack2021.exe
        dest: C:\ProgramData
        checksum: '{{ sha }}'
        checksum_algorithm: sha256
    - name: download again
      ansible.windows.win_get_url:
        url: https://files.corp.example/pack2021.exe
        dest: C:\ProgramData\pack2021.exe
        checksum: '{{ sha }}'
        checksum_algorithm: sha256
        force: false
    - name: bad checksum
      ansible.windows.win_get_url:
        {url: 'https://files.corp.example/pack2021.exe', dest: 'C:\ProgramData\x.exe', checksum: '00'}
      ignore_errors: true
    - name: not there
      ansible.windows.win_get_url: {url: 'https://files.corp.example/gone.exe', dest: 'C:\ProgramData\x.exe'}
      ignore_errors: true
    - name: unknown server
      ansible.windows.win_get_url: {url: 'https://nowhere.example/x.exe', dest: 'C:\ProgramData\x.exe'}
      ignore_errors: true
    - name: share
      ansible.windows.win_copy: {src: '\\files\packs\pack2021.exe', dest: 'C:\ProgramData\s.exe', remote_src: true}
    - name: record
      ansible.windows.win_dns_record: &record
        {zone: corp.example, name: _vlmcs._tcp, type: SRV, value: kms09.corp.example, port: 1688,
         priority: 0, weight: 0}
    - name: record again
      community.windows.win_dns_record: *record
    - name: address
      ansible.windows.win_dns_record: {zone: corp.example, name: kms09, type: A, value: 127.10.7.29}
    - name: unknown zone
      ansible.windows.win_dns_record: {zone: other.example, name: kms09, type: A, value: 127.10.7.29}
      ignore_errors: true
    - name: locked
      ansible.windows.win_service: {name: sppsvc, state: started}
      ignore_errors: true
    - name: by net
      ansible.windows.win_command: cmd.exe /d /s /c "net start sppsvc"
      ignore_errors: true
    - name: absent service
      ansible.windows.win_service: {name: osppsvc, state: started}
      ignore_errors: true
"""


@pytest.fixture(scope="module")
def rest(fleet: FleetServer) -> PlaybookRun:
    fleet.set_fault("dc01", "service_locked")
    fleet.set_fault("dc01", "service_will_not_start")
    return fleet.play(REST, "-e", f"sha={SHA256}")


def test_downloads(rest: PlaybookRun) -> None:
    assert rest.results("download")["dc01"]["dest"] == r"C:\ProgramData\pack2021.exe"
    assert rest.results("download")["dc01"]["checksum_dest"] == SHA256
    assert not rest.results("download again")["dc01"]["changed"]
    bad = rest.results("bad checksum")["dc01"]["msg"]
    assert bad.startswith("The checksum for https://files.corp.example/pack2021.exe did not match '00', it was '")
    assert rest.results("not there")["dc01"]["msg"].endswith("(404) Not Found.")
    unknown = rest.results("unknown server")["dc01"]["msg"]
    assert unknown.endswith("The remote name could not be resolved: 'nowhere.example'")
    assert rest.results("share")["dc01"]["changed"]


def test_win_dns_record_owns_the_whole_record_set(fleet: FleetServer, rest: PlaybookRun) -> None:
    assert rest.results("record")["dc01"]["changed"]
    assert not rest.results("record again")["dc01"]["changed"]
    dns = fleet.world()["dns"]
    assert [record["target"] for record in dns["srv"]["corp.example"]] == ["kms09.corp.example"]
    assert dns["a"]["kms09.corp.example"] == ["127.10.7.29"]
    assert "Error adding DNS A resource kms09" in rest.results("unknown zone")["dc01"]["msg"]


def test_services_that_do_not_do_as_told(rest: PlaybookRun) -> None:
    assert "Access is denied" in rest.results("locked")["dc01"]["msg"]
    assert "did not respond to the start" in rest.results("by net")["dc01"]["stderr"]
    assert "is not installed" in rest.results("absent service")["dc01"]["msg"]
