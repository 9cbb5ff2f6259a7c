import Crypto
import Domain
import FoundationEssentials

/// The settings that a cluster keeps between starts: its ports, passwords and size.
package struct ClusterRecord: Sendable, Equatable, Codable {
    package var postgresPort: Int
    /// The password of the database owner.
    package var postgresPassword: String
    /// Passwords of the programs' logins, by `DatabaseUser`; `nil` in records without logins.
    package var loginPasswords: [String: String]?
    package var brokerPort: Int
    package var httpPort: Int
    /// The requested API port; `nil` for the default. `httpPort` differs from it while another
    /// program uses it.
    package var wantedHTTPPort: Int?
    /// Port of each process's health and metrics endpoint, by process name.
    package var adminPorts: [String: Int]
    /// The token that the command line sends; `nil` when local requests need none.
    package var apiToken: String?
    /// The token of operators; `nil` in records of a version without it.
    package var operatorToken: String?
    package var size: ClusterSize

    package var apiURL: String { "http://127.0.0.1:\(httpPort)" }

    /// The database URL of a user. Contains the password.
    package func postgresURL(of user: DatabaseUser) -> String {
        let place = "127.0.0.1:\(postgresPort)/\(EmbeddedPostgres.role)"
        // A cluster started by an older version has only the owner's login.
        guard let password = loginPasswords?[user.rawValue] else {
            return "postgresql://\(DatabaseUser.owner.name):\(postgresPassword)@\(place)"
        }
        return "postgresql://\(user.name):\(password)@\(place)"
    }

    /// The programs' logins as `millrace migrate` reads them. Contains their passwords.
    var logins: String {
        DatabaseUser.logins.compactMap { user in
            loginPasswords?[user.rawValue].map { "\(user.rawValue) \(user.name) \($0)\n" }
        }.joined()
    }

    /// The operators' line of the API's tokens. Contains a digest and not the token.
    var operatorTokenLine: String? {
        operatorToken.map { token in
            "operator/local \(SHA256.hash(data: Array(token.utf8)).hexadecimal)"
        }
    }

    /// The record of a directory; `nil` when it has never contained a cluster.
    package static func read(_ layout: ClusterLayout) throws(ClusterError) -> ClusterRecord? {
        guard Files.exists(layout.recordFile) else { return nil }
        return try JSONFile.read(layout.recordFile)
    }

    func write(_ layout: ClusterLayout) throws(ClusterError) {
        try JSONFile.write(self, to: layout.recordFile)
    }

    /// The API's port unless another one is requested.
    package static let defaultHTTPPort = 8080

    /// Writes the record for this start. Ports are kept while they are free. A new port is chosen
    /// if none is recorded or another program uses it.
    ///
    /// - Parameter httpPort: the requested port; kept for later starts.
    /// - Throws: `portTaken` when `httpPort` is not free.
    static func prepare(
        _ layout: ClusterLayout, size: ClusterSize, httpPort: Int? = nil, processes: [String]
    ) throws(ClusterError) -> ClusterRecord {
        let old = try read(layout)
        let wanted = httpPort ?? old?.wantedHTTPPort
        var taken: Set<Int> = []
        func port(_ kept: Int?) throws(ClusterError) -> Int {
            let port = try FreePort.find(preferred: kept, excluding: taken)
            taken.insert(port)
            return port
        }
        var http = try port(wanted ?? defaultHTTPPort)
        if http != wanted ?? defaultHTTPPort {
            if let httpPort { throw .portTaken(httpPort) }
            if let last = old?.httpPort, last != http { http = try port(last) }
        }
        var admin: [String: Int] = [:]
        let record = ClusterRecord(
            postgresPort: try port(old?.postgresPort),
            postgresPassword: old?.postgresPassword ?? randomPassword(),
            loginPasswords: loginPasswords(kept: old?.loginPasswords),
            brokerPort: try port(old?.brokerPort),
            httpPort: http, wantedHTTPPort: wanted,
            adminPorts: [:], apiToken: old?.apiToken,
            operatorToken: old?.operatorToken ?? randomPassword(), size: size)
        for name in processes { admin[name] = try port(old?.adminPorts[name]) }
        var complete = record
        complete.adminPorts = admin
        try complete.write(layout)
        return complete
    }

    private static func loginPasswords(kept: [String: String]?) -> [String: String] {
        var passwords: [String: String] = [:]
        for user in DatabaseUser.logins {
            passwords[user.rawValue] = kept?[user.rawValue] ?? randomPassword()
        }
        return passwords
    }

    /// 128 random bits from the system, in hex.
    private static func randomPassword() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) }.hexadecimal
    }
}

/// The number of processes of each program.
package struct ClusterSize: Sendable, Equatable, Codable {
    package var parseWorkers: Int
    package var chunkWorkers: Int
    package var embedWorkers: Int
    package var flushers: Int

    package init(
        parseWorkers: Int = 2, chunkWorkers: Int = 2, embedWorkers: Int = 2, flushers: Int = 1
    ) {
        self.parseWorkers = parseWorkers
        self.chunkWorkers = chunkWorkers
        self.embedWorkers = embedWorkers
        self.flushers = flushers
    }
}

/// Small JSON files, replaced atomically and readable by their owner only.
enum JSONFile {
    static func read<Value: Decodable>(_ path: String) throws(ClusterError) -> Value {
        guard let text = Files.read(path) else { throw .system("read \(path)") }
        do {
            return try JSONDecoder().decode(Value.self, from: Data(text.utf8))
        } catch {
            throw .record(path: path, reason: "its JSON is invalid")
        }
    }

    static func write(_ value: some Encodable, to path: String) throws(ClusterError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        do {
            try Files.replace(path, with: Array(try encoder.encode(value)) + [10])
        } catch let error as ClusterError {
            throw error
        } catch {
            throw .record(path: path, reason: "\(error)")
        }
    }
}
