/// A 64-bit hash that is the same in every process and on every machine, unlike `Hasher`.
package struct StableHash {
    private var state: UInt64

    /// - Parameter seed: separates kinds of values that may have the same bytes.
    package init(seed: UInt64) { state = 0xcbf2_9ce4_8422_2325 ^ seed &* 0x9e37_79b9_7f4a_7c15 }

    /// Adds bytes to the hash (FNV-1a).
    package mutating func combine(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }

    /// The hash, mixed so that any subset of its bits can be used.
    package var value: UInt64 { Self.mix(state) }

    /// The finaliser of SplitMix64.
    package static func mix(_ bits: UInt64) -> UInt64 {
        var z = bits
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
