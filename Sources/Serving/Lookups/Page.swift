import Domain
import Hummingbird

/// A page of a list: `?limit=` and, as `?after=`, the `next` of the previous page.
struct Page {
    let limit: Int
    let after: String?

    private static let limits = 1...1000

    init(_ request: Request, defaultLimit: Int) throws(Problem) {
        let text = request.uri.queryParameters.get("limit")
        guard let limit = text.map({ Int($0) }) ?? defaultLimit, Self.limits.contains(limit) else {
            throw Problem(
                .limitInvalid,
                """
                'limit' must be between \(Self.limits.lowerBound) and \(Self.limits.upperBound).
                """)
        }
        self.limit = limit
        after = request.uri.queryParameters.get("after")
    }

    var number: Int {
        get throws(Problem) {
            guard let after else { return 0 }
            guard let number = Int(after), number >= 0 else { throw Self.cursorInvalid }
            return number
        }
    }

    var document: DocumentID? {
        get throws(Problem) {
            guard let after else { return nil }
            guard let document = DocumentID(after) else { throw Self.cursorInvalid }
            return document
        }
    }

    /// The cursor of the next page; `nil` when this page was not full.
    func next<Item>(after items: [Item], cursor: (Item) -> String) -> String? {
        items.count == limit ? items.last.map(cursor) : nil
    }

    static let cursorInvalid = Problem(
        .cursorInvalid,
        "'after' must be the 'next' of the previous page.")
}
