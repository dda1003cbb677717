import Schema

/// Polls that make a list of three megabytes, at little cost for who writes it.
enum LargePolls {
  static var requests: [Binhchon_V1_PublishPollRequest] {
    (0..<2).map { number in
      var request = DossierPoll.publishRequest
      request.poll.id = "large-\(number)"
      request.poll.title.vi = String(repeating: "a", count: 3 << 19)
      return request
    }
  }
}
