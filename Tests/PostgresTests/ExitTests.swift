import LocalCluster
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct ExitTests {
    /// Without `OpenSSL.isKeptUntilExit` the process ends by SIGSEGV.
    @Test func `a program keeps its exit code while a connection computes with OpenSSL`()
        async throws
    {
        #expect(try await exit(of: "openssl") == .code(3))
    }

    @Test func `a pool whose thread cannot be started throws and does not end the program`()
        async throws
    {
        #expect(try await exit(of: "refused-pool") == .code(7))
    }

    private func exit(of argument: String) async throws -> ProcessExit? {
        let probe = ProcessSpecification(
            executable: Runtime.program("exit-probe"), arguments: [argument], environment: [:])
        return try await onOwnThread { () throws(ClusterError) in
            try ChildProcess.start(probe).wait(seconds: 60)
        }
    }
}
