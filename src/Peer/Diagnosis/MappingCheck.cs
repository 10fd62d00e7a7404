namespace TspActors.Peer.Diagnosis;

/// <summary>Reports whether the router forwards a port to this peer.</summary>
/// <remarks>
/// The check waits for the tracker's verdict on the port, because the peer usually requests a mapping only after the tracker has failed to
/// connect.
/// </remarks>
/// <param name="verdict">Waits for the tracker's verdict.</param>
/// <param name="describe">Describes the mapping, or returns null if there is none; null if this peer maps no ports.</param>
internal sealed class MappingCheck(PortVerdict verdict, Func<Task<string?>>? describe) : ICheck
{
    private const string Check = "mapping";

    /// <inheritdoc/>
    public string Name => Check;

    /// <inheritdoc/>
    public async Task<Finding> RunAsync(CancellationToken cancellation)
    {
        if (describe is null)
            return Finding.Ok(Check, "this peer does not ask the router to forward a port");
        await verdict.WaitAsync(cancellation).ConfigureAwait(false);
        return Finding.Ok(
            Check, await describe().WaitAsync(cancellation).ConfigureAwait(false) ?? "the router forwards no port to this peer");
    }
}
