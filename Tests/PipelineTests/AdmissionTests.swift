import Domain
import Pipeline
import Testing

@Suite(.timeLimit(.minutes(5))) struct AdmissionTests {
    private let tenants = (0..<4).map { _ in TenantID() }

    /// Requests that stay in progress until the test ends them.
    private actor Requests {
        private let admission: Admission
        private var ends: [AsyncStream<Void>.Continuation] = []

        init(places: Int) { admission = Admission(places: places) }

        /// Begins a request; returns its refusal, `nil` when it was admitted.
        func begin(for tenant: TenantID) async -> Admission.Refusal? {
            let (isIn, entry) = AsyncStream.makeStream(of: Admission.Refusal?.self)
            let (end, ending) = AsyncStream.makeStream(of: Void.self)
            Task { [admission] in
                do {
                    try await admission.admit(tenant) {
                        entry.yield(nil)
                        for await _ in end {}
                        entry.finish()
                    }
                } catch {
                    entry.yield(error as? Admission.Refusal)
                }
            }
            ends.append(ending)
            for await refusal in isIn { return refusal }
            return nil
        }

        func count(for tenant: TenantID) async -> (admitted: Int, refusal: Admission.Refusal?) {
            var admitted = 0
            while true {
                if let refusal = await begin(for: tenant) { return (admitted, refusal) }
                admitted += 1
            }
        }
    }

    @Test func `a single tenant gets half the places, and each later one half of the rest`() async {
        let requests = Requests(places: 64)
        var shares: [Int] = []
        for tenant in tenants {
            let (admitted, refusal) = await requests.count(for: tenant)
            shares.append(admitted)
            #expect(refusal == .overShare(places: 64))
        }
        #expect(shares == [32, 16, 8, 4])
    }

    @Test func `when all places are taken no tenant is admitted`() async {
        let requests = Requests(places: 2)
        #expect(await requests.begin(for: tenants[0]) == nil)
        #expect(await requests.begin(for: tenants[1]) == nil)
        #expect(await requests.begin(for: tenants[2]) == .full(places: 2))
    }

    @Test func `a place is freed when its request ends, even with an error`() async throws {
        struct Broken: Error {}
        let admission = Admission(places: 1)
        await #expect(throws: Broken.self) {
            try await admission.admit(tenants[0]) { throw Broken() }
        }
        try await admission.admit(tenants[0]) {}
        try await admission.admit(tenants[1]) {}
    }
}
