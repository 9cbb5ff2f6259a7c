import HTTPTypes
import Searching

extension Problem {
    init(_ refusal: SearchRefusal) {
        switch refusal {
        case .queryEmpty:
            self.init(.queryEmpty, "'query' must contain a character other than white space.")
        case .queryTooLong(let bytesMax):
            self.init(.queryTooLong, "'query' must be at most \(bytesMax) bytes.")
        case .limitInvalid(let range):
            self.init(
                .kInvalid, "'k' must be between \(range.lowerBound) and \(range.upperBound).")
        case .documentFilterInvalid(let range):
            self.init(
                .filterInvalid,
                "'document_ids' must contain \(range.lowerBound) to \(range.upperBound) ids. Omit "
                    + "it to search all documents.")
        }
    }
}
