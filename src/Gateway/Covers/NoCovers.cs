using TspActors.Protocol;

namespace TspActors.Gateway.Covers;

/// <summary>Stands in for covers while songs carry none.</summary>
internal sealed class NoCovers : ICovers
{
    /// <inheritdoc/>
    public ValueTask<CoverPicture?> FindAsync(ContentHash cover, int songTrackerId, int size, CancellationToken cancellation) =>
        ValueTask.FromResult<CoverPicture?>(null);
}
