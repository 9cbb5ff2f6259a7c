/// The version of every program, of docs/openapi.yaml and of the newest section of CHANGELOG.md.
package enum MillraceVersion {
    package static let current = "0.1.0"
}
