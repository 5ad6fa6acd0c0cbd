namespace Marketplace.Verification.Protocol;

/// <summary>What a worker shows of one round: the nodes of its tree and the digests of each row of tiles that has a drawn tile.</summary>
/// <param name="Round">0 to R - 1.</param>
/// <param name="Nodes">All nodes of the round, 32 bytes each, in order of rows.</param>
/// <param name="Rows">The rows with drawn tiles, in order.</param>
public sealed record RoundOpening(int Round, byte[] Nodes, IReadOnlyList<RowOpening> Rows);

/// <summary>The digests of one row of tiles.</summary>
/// <param name="Row">Row of tiles.</param>
/// <param name="Digests">The digests of all tiles of the row, in order of columns.</param>
public sealed record RowOpening(int Row, IReadOnlyList<ulong> Digests);
