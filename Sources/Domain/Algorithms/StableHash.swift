/// A 64-bit hash that is the same in every process and on every machine, unlike `Hasher`.
package struct StableHash: Sendable {
    @usableFromInline var state: UInt64

    /// - Parameter seed: separates kinds of values that may have the same bytes.
    @inlinable
    package init(seed: UInt64) { state = 0xcbf2_9ce4_8422_2325 ^ seed &* 0x9e37_79b9_7f4a_7c15 }

    /// Adds bytes to the hash (FNV-1a).
    @inlinable
    package mutating func combine(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }

    /// The hash, mixed so that any subset of its bits can be used.
    @inlinable
    package var value: UInt64 { SplitMix64.mix(state) }
}
