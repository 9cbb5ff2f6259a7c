import FoundationEssentials

/// A remote job, the ledger id of the call that started it, and the model it was started with.
struct Ticket: Equatable {
    var job: String
    var call: UUID
    var model: String

    init(job: String, call: UUID, model: String) {
        self.job = job
        self.call = call
        self.model = model
    }

    init?(_ text: String) {
        let words = text.split(separator: " ", maxSplits: 2)
        guard words.count == 3, let call = UUID(uuidString: String(words[1])) else { return nil }
        self.init(job: String(words[0]), call: call, model: String(words[2]))
    }

    var text: String { "\(job) \(call.uuidString.lowercased()) \(model)" }
}
