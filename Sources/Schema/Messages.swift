public import NIOCore
public import RPC
public import SwiftProtobuf

// Every message of proto/ travels as protobuf: SwiftProtobuf does the work, these lines tell RPC so.

extension RPCMessage where Self: SwiftProtobuf.Message {
  public init(decoding buffer: ByteBuffer) throws {
    try self.init(serializedBytes: Array(buffer.readableBytesView))
  }

  public func encode(into buffer: inout ByteBuffer) throws {
    let bytes: [UInt8] = try serializedBytes()
    buffer.writeBytes(bytes)
  }
}

extension Binhchon_V1_CastBallotRequest: RPCMessage {}
extension Binhchon_V1_CastBallotResponse: RPCMessage {}
extension Binhchon_V1_CastBallotsRequest: RPCMessage {}
extension Binhchon_V1_CastBallotsResponse: RPCMessage {}
extension Binhchon_V1_VoidBallotRequest: RPCMessage {}
extension Binhchon_V1_VoidBallotResponse: RPCMessage {}

extension Binhchon_V1_ListPollsRequest: RPCMessage {}
extension Binhchon_V1_ListPollsResponse: RPCMessage {}
extension Binhchon_V1_GetTallyRequest: RPCMessage {}
extension Binhchon_V1_GetTallyResponse: RPCMessage {}
extension Binhchon_V1_WatchTallyRequest: RPCMessage {}
extension Binhchon_V1_WatchTallyResponse: RPCMessage {}

extension Binhchon_V1_PublishPollRequest: RPCMessage {}
extension Binhchon_V1_PublishPollResponse: RPCMessage {}
extension Binhchon_V1_ClosePollRequest: RPCMessage {}
extension Binhchon_V1_ClosePollResponse: RPCMessage {}
extension Binhchon_V1_GetPollRequest: RPCMessage {}
extension Binhchon_V1_GetPollResponse: RPCMessage {}

extension Binhchon_V1_CreateKioskCodeRequest: RPCMessage {}
extension Binhchon_V1_CreateKioskCodeResponse: RPCMessage {}
extension Binhchon_V1_EnrolRequest: RPCMessage {}
extension Binhchon_V1_EnrolResponse: RPCMessage {}
extension Binhchon_V1_RenewRequest: RPCMessage {}
extension Binhchon_V1_RenewResponse: RPCMessage {}

extension Binhchon_V1_GetProfileRequest: RPCMessage {}
extension Binhchon_V1_GetProfileResponse: RPCMessage {}
extension Binhchon_V1_ListKiosksRequest: RPCMessage {}
extension Binhchon_V1_ListKiosksResponse: RPCMessage {}
extension Binhchon_V1_ListCorrectionsRequest: RPCMessage {}
extension Binhchon_V1_ListCorrectionsResponse: RPCMessage {}

extension Binhchon_V1_EnterPaperActRequest: RPCMessage {}
extension Binhchon_V1_EnterPaperActResponse: RPCMessage {}
extension Binhchon_V1_GetPaperBatchRequest: RPCMessage {}
extension Binhchon_V1_GetPaperBatchResponse: RPCMessage {}
extension Binhchon_V1_ListPaperBatchesRequest: RPCMessage {}
extension Binhchon_V1_ListPaperBatchesResponse: RPCMessage {}
extension Binhchon_V1_GetPaperRowsRequest: RPCMessage {}
extension Binhchon_V1_GetPaperRowsResponse: RPCMessage {}

extension Binhchon_V1_GetFiguresRequest: RPCMessage {}
extension Binhchon_V1_GetFiguresResponse: RPCMessage {}
extension Binhchon_V1_GetHoursRequest: RPCMessage {}
extension Binhchon_V1_GetHoursResponse: RPCMessage {}

extension Binhchon_V1_ExportRecordsRequest: RPCMessage {}
extension Binhchon_V1_ExportRecordsResponse: RPCMessage {}

extension Binhchon_V1_PublishRegistryRequest: RPCMessage {}
extension Binhchon_V1_PublishRegistryResponse: RPCMessage {}
extension Binhchon_V1_GetRegistryRequest: RPCMessage {}
extension Binhchon_V1_GetRegistryResponse: RPCMessage {}

extension Binhchon_V1_ListAlertsRequest: RPCMessage {}
extension Binhchon_V1_ListAlertsResponse: RPCMessage {}
extension Binhchon_V1_UpdateAlertRequest: RPCMessage {}
extension Binhchon_V1_UpdateAlertResponse: RPCMessage {}
extension Binhchon_V1_LeaveCommentRequest: RPCMessage {}
extension Binhchon_V1_LeaveCommentResponse: RPCMessage {}
extension Binhchon_V1_ListCommentsRequest: RPCMessage {}
extension Binhchon_V1_ListCommentsResponse: RPCMessage {}
extension Binhchon_V1_DeleteCommentsRequest: RPCMessage {}
extension Binhchon_V1_DeleteCommentsResponse: RPCMessage {}

extension Grpc_Health_V1_HealthCheckRequest: RPCMessage {}
extension Grpc_Health_V1_HealthCheckResponse: RPCMessage {}

extension Binhchon_V1_EnterCampaignActRequest: RPCMessage {}
extension Binhchon_V1_EnterCampaignActResponse: RPCMessage {}
extension Binhchon_V1_ListCampaignsRequest: RPCMessage {}
extension Binhchon_V1_ListCampaignsResponse: RPCMessage {}
extension Binhchon_V1_GetCampaignRequest: RPCMessage {}
extension Binhchon_V1_GetCampaignResponse: RPCMessage {}
extension Binhchon_V1_ListNominationsRequest: RPCMessage {}
extension Binhchon_V1_ListNominationsResponse: RPCMessage {}
extension Binhchon_V1_GetNominationRequest: RPCMessage {}
extension Binhchon_V1_GetNominationResponse: RPCMessage {}
extension Binhchon_V1_ListDecisionsRequest: RPCMessage {}
extension Binhchon_V1_ListDecisionsResponse: RPCMessage {}
extension Binhchon_V1_ListCertificatesRequest: RPCMessage {}
extension Binhchon_V1_ListCertificatesResponse: RPCMessage {}
extension Binhchon_V1_ListAwardsRequest: RPCMessage {}
extension Binhchon_V1_ListAwardsResponse: RPCMessage {}
extension Binhchon_V1_ListInspectionsRequest: RPCMessage {}
extension Binhchon_V1_ListInspectionsResponse: RPCMessage {}
extension Binhchon_V1_GetCampaignReportRequest: RPCMessage {}
extension Binhchon_V1_GetCampaignReportResponse: RPCMessage {}

extension Binhchon_V1_OpenNomineeVoteRequest: RPCMessage {}
extension Binhchon_V1_OpenNomineeVoteResponse: RPCMessage {}
extension Binhchon_V1_IssueVoteCodesRequest: RPCMessage {}
extension Binhchon_V1_IssueVoteCodesResponse: RPCMessage {}
extension Binhchon_V1_CastNomineeVoteRequest: RPCMessage {}
extension Binhchon_V1_CastNomineeVoteResponse: RPCMessage {}
extension Binhchon_V1_CloseNomineeVoteRequest: RPCMessage {}
extension Binhchon_V1_CloseNomineeVoteResponse: RPCMessage {}
extension Binhchon_V1_GetNomineeVoteRequest: RPCMessage {}
extension Binhchon_V1_GetNomineeVoteResponse: RPCMessage {}
extension Binhchon_V1_WatchNomineeVoteRequest: RPCMessage {}
extension Binhchon_V1_WatchNomineeVoteResponse: RPCMessage {}
