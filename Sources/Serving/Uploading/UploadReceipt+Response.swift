import Domain
import HTTPTypes
import Hummingbird
package import Uploading

extension UploadReceipt: Encodable {
    private enum CodingKeys: CodingKey { case documentId, jobId, duplicate, stage, state }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(document, forKey: .documentId)
        try container.encode(job, forKey: .jobId)
        try container.encode(isDuplicate, forKey: .duplicate)
        try container.encode(position.stage, forKey: .stage)
        try container.encode(position.state, forKey: .state)
    }
}

extension UploadReceipt {
    /// 202 for a new document, 200 for a known one, with the path of the job.
    var response: Response {
        JSON.response(
            self, status: isDuplicate ? .ok : .accepted, headers: [.location: "/v1/jobs/\(job)"])
    }
}
