import Glibc

/// Identifies a process even if its pid is reused later.
package struct ProcessIdentity: Hashable, Sendable, Codable {
    package let pid: Int32
    /// When it started, in clock ticks since boot.
    package let startTicks: UInt64

    /// The process that has this pid now; `nil` when there is none, or it is a zombie.
    package init?(pid: Int32) {
        guard let stat = ProcessStat(pid: pid), !stat.isDead else { return nil }
        self.pid = pid
        self.startTicks = stat.startTicks
    }

    /// A child that we have not reaped yet, alive or not.
    init(unreaped pid: Int32) {
        self.pid = pid
        self.startTicks = ProcessStat(pid: pid)?.startTicks ?? 0
    }

    package var isAlive: Bool { ProcessIdentity(pid: pid) == self }

    /// Whether the executable that it runs has been replaced by another file.
    package var isOutdated: Bool {
        let suffix = " (deleted)"
        guard isAlive, let path = Files.linkTarget("/proc/\(pid)/exe"), path.hasSuffix(suffix)
        else { return false }
        return Files.exists(String(path.dropLast(suffix.count)))
    }

    /// Sends a signal if the pid still belongs to this process.
    package func signal(_ number: Int32) {
        guard isAlive else { return }
        kill(pid, number)
    }

    /// Resident memory in bytes; 0 when the process has ended.
    package var residentBytes: Int {
        guard isAlive, let statm = Files.read("/proc/\(pid)/statm") else { return 0 }
        let fields = statm.split(separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else { return 0 }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// The command line, its parts joined by spaces.
    var commandLine: String {
        (Files.read("/proc/\(pid)/cmdline") ?? "")
            .split(separator: "\0").joined(separator: " ")
    }
}

/// The two fields of /proc/PID/stat that are needed here.
private struct ProcessStat {
    let isDead: Bool
    let startTicks: UInt64

    init?(pid: Int32) {
        // The name in parentheses may contain anything, so count from its end.
        guard let text = Files.read("/proc/\(pid)/stat"), let end = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 19, let ticks = UInt64(fields[19]) else { return nil }
        isDead = fields[0] == "Z" || fields[0] == "X"
        startTicks = ticks
    }
}
