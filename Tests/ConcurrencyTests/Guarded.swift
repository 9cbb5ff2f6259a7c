import Synchronization

/// A value that the tasks of a test share.
final class Guarded<Value: Sendable>: Sendable {
    private let value: Mutex<Value>

    init(_ value: Value) { self.value = Mutex(value) }

    func withLock<R: Sendable>(_ body: @Sendable (inout Value) -> R) -> R {
        value.withLock { value in body(&value) }
    }
}
