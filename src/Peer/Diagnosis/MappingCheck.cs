namespace TspActors.Peer.Diagnosis;

/// <summary>Reports whether the router forwards a port to this peer.</summary>
/// <param name="describe">Describes the mapping, or returns null if there is none; null if this peer maps no ports.</param>
internal sealed class MappingCheck(Func<Task<string?>>? describe) : ICheck
{
    private const string Check = "mapping";

    /// <inheritdoc/>
    public string Name => Check;

    /// <inheritdoc/>
    public async Task<Finding> RunAsync(CancellationToken cancellation) => Finding.Ok(
        Check,
        describe is null
            ? "this peer does not ask the router to forward a port"
            : await describe().WaitAsync(cancellation).ConfigureAwait(false) ?? "the router forwards no port to this peer");
}
