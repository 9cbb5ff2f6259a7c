import Domain

/// The names at the root of a compound file, the container of Office documents from before 2007.
///
/// The directory can be anywhere in the file, so it is read by its chain of sectors.
struct CompoundDirectory {
    /// The names, in lower case.
    private(set) var names: Set<String> = []

    static let signature: [UInt8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]

    /// Enough for more than 60,000 streams. A message has about 20 for each recipient.
    private static let bytesMax = 8 << 20
    private static let entryBytes = 128
    /// Sector numbers above this one are marks, such as the end of a chain.
    private static let sectorMax = 0xffff_fffa
    private static let sectorsInHeader = 109

    /// - Parameters:
    ///   - length: of the file, in bytes.
    ///   - read: returns the bytes at an offset of the file. It is called inside the file only.
    init(length: Int, read: (_ offset: Int, _ count: Int) throws(JobFailure) -> [UInt8])
        throws(JobFailure)
    {
        let header = try read(0, min(length, 512))
        guard let shift = header.number(at: 30, width: 2), (7...16).contains(shift),
            var next = header.number(at: 48, width: 4)
        else { return }
        let sectorBytes = 1 << shift
        func sector(_ number: Int) throws(JobFailure) -> [UInt8] {
            let start = max(512, sectorBytes) + number * sectorBytes
            return start < length ? try read(start, min(sectorBytes, length - start)) : []
        }
        var tables = Self.sectorNumbers(header, from: 76, count: Self.sectorsInHeader)
        var list = header.number(at: 68, width: 4) ?? Self.sectorMax + 1
        // A damaged list may have a loop, so it is read only as far as the file can need it.
        let perSector = sectorBytes / 4
        let listsMax = length / sectorBytes / perSector / (perSector - 1) + 1
        for _ in 0..<listsMax where list <= Self.sectorMax {
            let bytes = try sector(list)
            tables += Self.sectorNumbers(bytes, from: 0, count: sectorBytes / 4 - 1)
            list = bytes.number(at: sectorBytes - 4, width: 4) ?? Self.sectorMax + 1
        }
        var directory: [UInt8] = []
        while next <= Self.sectorMax, directory.count < Self.bytesMax {
            let entries = try sector(next)
            let table = next / (sectorBytes / 4)
            directory += entries
            guard !entries.isEmpty, table < tables.count else { break }
            let start = max(512, sectorBytes) + tables[table] * sectorBytes
            let place = start + next % (sectorBytes / 4) * 4
            guard place + 4 <= length else { break }
            next = try read(place, 4).number(at: 0, width: 4) ?? Self.sectorMax + 1
        }
        readRoot(directory)
    }

    private static func sectorNumbers(_ bytes: [UInt8], from start: Int, count: Int) -> [Int] {
        (0..<count).compactMap { index in
            bytes.number(at: start + index * 4, width: 4).flatMap { $0 <= sectorMax ? $0 : nil }
        }
    }

    /// Reads the tree of the root's entries.
    private mutating func readRoot(_ directory: [UInt8]) {
        let count = directory.count / Self.entryBytes
        var seen: Set<Int> = []
        var pending = [directory.number(at: 76, width: 4) ?? count]
        while let entry = pending.popLast() {
            let at = entry * Self.entryBytes
            guard entry < count, seen.insert(entry).inserted,
                let bytes = directory.number(at: at + 64, width: 2), (2...64).contains(bytes)
            else { continue }
            let units = (0..<bytes / 2 - 1).compactMap {
                directory.number(at: at + $0 * 2, width: 2).map { UInt16($0) }
            }
            names.insert(String(decoding: units, as: UTF16.self).lowercased())
            pending += [68, 72].compactMap { directory.number(at: at + $0, width: 4) }
        }
    }

    var type: DetectedType {
        if names.contains("encryptedpackage") { return .encrypted }
        if let known = Self.documents.first(where: { names.contains($0.name) }) {
            return .supported(known.type)
        }
        if let known = Self.others.first(where: { names.contains($0.name) }) {
            return .unsupported(known.description)
        }
        if names.contains(where: { $0.hasPrefix("props") }) {
            return .unsupported("a plan of Microsoft Project")
        }
        // Names of an installer are packed into characters from U+3800 to U+4840.
        if names.contains(where: { $0.hasPrefix("\u{4840}") }) {
            return .unsupported("an installer (MSI)")
        }
        return .unsupported(
            names.isEmpty ? "a damaged compound file" : "a compound file of an unknown type")
    }

    private static let documents: [(name: String, type: MediaType)] = [
        ("worddocument", .doc), ("workbook", .xls), ("book", .xls),
        ("powerpoint document", .ppt), ("__properties_version1.0", .msg),
    ]

    private static let others: [(name: String, description: String)] = [
        ("pp40", "a presentation of PowerPoint 95 or older"),
        ("visiodocument", "a Visio drawing"),
        ("quill", "a Publisher document"),
        ("matost", "a document of Microsoft Works"),
        ("wksssworkbook", "a spreadsheet of Microsoft Works"),
        ("perfectoffice_main", "a WordPerfect document"),
        ("starwriterdocument", "a StarOffice document"),
        ("starcalcdocument", "a StarOffice spreadsheet"),
        ("stardrawdocument3", "a StarOffice presentation"),
        ("fileheader", "a Hangul document (HWP)"),
        ("swdoccontentmgr", "a SolidWorks model"),
        ("basicfileinfo", "a Revit model"),
        ("catalog", "a cache of pictures (thumbs.db)"),
        ("equation native", "an equation"),
    ]
}

extension [UInt8] {
    /// A little-endian number; `nil` past the end.
    fileprivate func number(at start: Int, width: Int) -> Int? {
        guard start >= 0, start + width <= count else { return nil }
        return (0..<width).reduce(0) { $0 | Int(self[start + $1]) << (8 * $1) }
    }
}
