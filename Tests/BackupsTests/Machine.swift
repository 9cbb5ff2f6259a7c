import LocalCluster
import FoundationEssentials
import TestCluster
import TestSupport

extension TestCluster.Site {
    /// The programs next to the test bundle, with an embedded broker per cluster.
    static var built: TestCluster.Site {
        TestCluster.Site(
            programs: String(Runtime.program("millrace").dropLast("/millrace".count)),
            runtime: Runtime.path, kafkaBrokers: nil)
    }
}

extension TestCluster {
    /// Runs `millrace backup ARGUMENTS` on this cluster's database and folder of blobs.
    func backup(
        _ arguments: String..., as name: String = UUID().uuidString, failing point: String? = nil
    ) async throws -> (exit: ProcessExit?, output: String) {
        var settings = ["MILLRACE_BLOB_ROOT": directory + "/blobs"]
        settings["MILLRACE_POSTGRES_URL"] = databaseURL
        settings["MILLRACE_FAIL_POINT"] = point
        let exit = try await millrace(["backup"] + arguments, as: name, settings)
        return (exit, logText(of: name))
    }

    /// The findings of the whole audit, blobs included; `nil` when there are none.
    func auditFindings() async throws -> String? {
        let findings = try await TrialAudit.findings(
            in: databaseURL, blobs: directory + "/blobs")
        return findings.isEmpty ? nil : findings.joined(separator: "\n")
    }
}
