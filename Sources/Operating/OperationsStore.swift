/// Everything that operators read and do, from one database.
package typealias OperationsStore = BlobNames & DeadLetterStore & InvariantAudit & JobHistory
    & PipelineStatusStore & SpendStore
