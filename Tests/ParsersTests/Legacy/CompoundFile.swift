/// Builds compound files, the container of Office documents from before 2007.
struct CompoundFile {
    enum Entry {
        case stream(String, [UInt8])
        case storage(String, [Entry])

        var name: String {
            switch self {
            case .stream(let name, _), .storage(let name, _): name
            }
        }
    }

    private static let sectorBytes = 512
    private static let end: UInt32 = 0xffff_fffe
    private static let none: UInt32 = 0xffff_ffff
    /// Shorter streams are in the mini stream.
    private static let miniBelow = 4096

    private var directory: [[UInt8]] = []
    private var sectors: [UInt8] = []
    private var chains: [UInt32] = []
    private var mini: [UInt8] = []
    private var miniChains: [UInt32] = []

    /// A file with these entries at its root.
    static func bytes(_ entries: [Entry]) -> [UInt8] {
        var file = CompoundFile()
        file.directory.append([])
        let first = file.add(entries)
        let start = file.store(file.mini)
        file.directory[0] = entry(
            "Root Entry", kind: 5, child: first, start: start, size: file.mini.count)
        return file.finish()
    }

    /// Adds the entries of one storage. Returns the first; each has the next as right neighbour.
    private mutating func add(_ entries: [Entry]) -> UInt32 {
        let sorted = entries.sorted {
            ($0.name.utf16.count, $0.name) < ($1.name.utf16.count, $1.name)
        }
        let first = directory.count
        directory += sorted.map { _ in [] }
        for (index, entry) in sorted.enumerated() {
            let next = index + 1 < sorted.count ? UInt32(first + index + 1) : Self.none
            switch entry {
            case .stream(let name, let bytes):
                let isMini = bytes.count < Self.miniBelow
                let start = isMini ? storeMini(bytes) : store(bytes)
                directory[first + index] = Self.entry(
                    name, kind: 2, right: next, start: start, size: bytes.count)
            case .storage(let name, let children):
                let child = add(children)
                directory[first + index] = Self.entry(name, kind: 1, right: next, child: child)
            }
        }
        return sorted.isEmpty ? Self.none : UInt32(first)
    }

    private mutating func store(_ bytes: [UInt8]) -> UInt32 {
        Self.store(bytes, unit: Self.sectorBytes, in: &sectors, chains: &chains)
    }

    private mutating func storeMini(_ bytes: [UInt8]) -> UInt32 {
        Self.store(bytes, unit: 64, in: &mini, chains: &miniChains)
    }

    private static func store(
        _ bytes: [UInt8], unit: Int, in space: inout [UInt8], chains: inout [UInt32]
    ) -> UInt32 {
        guard !bytes.isEmpty else { return end }
        let start = chains.count
        let count = (bytes.count + unit - 1) / unit
        chains += (1...count).map { $0 < count ? UInt32(start + $0) : end }
        space += bytes + [UInt8](repeating: 0, count: count * unit - bytes.count)
        return UInt32(start)
    }

    private static func entry(
        _ name: String, kind: UInt8, right: UInt32 = none, child: UInt32 = none,
        start: UInt32 = end, size: Int = 0
    ) -> [UInt8] {
        let units = name.utf16.flatMap { $0.littleBytes }
        var bytes = units + [UInt8](repeating: 0, count: 64 - units.count)
        bytes += UInt16(units.count + 2).littleBytes + [kind, 1]
        bytes += none.littleBytes + right.littleBytes + child.littleBytes
        bytes += [UInt8](repeating: 0, count: 36)
        return bytes + start.littleBytes + UInt64(size).littleBytes
    }

    private mutating func finish() -> [UInt8] {
        let miniTable = store(miniChains.flatMap(\.littleBytes))
        let entries = directory.flatMap { $0 }
        let directoryStart = store(entries)
        let tables = (chains.count + 126) / 127
        let first = chains.count
        chains += [UInt32](repeating: 0xffff_fffd, count: tables)
        let padding = tables * 128 - chains.count
        sectors += chains.flatMap(\.littleBytes)
        sectors += [UInt8](repeating: 0xff, count: padding * 4)
        var header: [UInt8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]
        header += [UInt8](repeating: 0, count: 16)
        header += [0x3e, 0, 3, 0, 0xfe, 0xff, 9, 0, 6, 0] + [UInt8](repeating: 0, count: 10)
        header += UInt32(tables).littleBytes + directoryStart.littleBytes + UInt32(0).littleBytes
        header += UInt32(Self.miniBelow).littleBytes + miniTable.littleBytes
        header += UInt32(1).littleBytes + Self.end.littleBytes + UInt32(0).littleBytes
        for index in 0..<109 {
            header += (index < tables ? UInt32(first + index) : Self.none).littleBytes
        }
        return header + sectors
    }
}

extension FixedWidthInteger {
    /// The bytes of the number, the lowest first.
    var littleBytes: [UInt8] {
        withUnsafeBytes(of: littleEndian) { Array($0) }
    }
}

extension String {
    /// The text in UTF-16LE.
    var wideBytes: [UInt8] { utf16.flatMap { $0.littleBytes } }
}
