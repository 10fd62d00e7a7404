namespace TspActors.Protocol;

/// <summary>
/// The bodies that one end of a connection accepts: how long each operation's body may be, and whether its bytes are kept or skipped.
/// </summary>
/// <remarks>
/// A body that this end does not read is skipped, so it costs no memory. Only the bodies that this end reads must be kept, and for most of
/// them <see cref="SmallBody"/> is long enough. Immutable.
/// </remarks>
public sealed class BodyRules
{
    /// <summary>The maximum length of an INIT body. It is enough for every body that a tracker or a host reads, except a share.</summary>
    public const int SmallBody = 16 * 1024;

    private const int Operations = 128;

    /// <summary>The rules of the protocol itself: the body of every known operation is kept (docs/protocol.md section 1).</summary>
    public static readonly BodyRules Contract = new(_ => int.MaxValue, operation => operation.IsKnown());

    private readonly int[] _maxLength = new int[Operations];
    private readonly bool[] _kept = new bool[Operations];

    private BodyRules(Func<Operation, int> maxLength, Predicate<Operation> isKept)
    {
        for (var i = 0; i < Operations; i++)
        {
            var operation = (Operation)i;
            _maxLength[i] = Math.Min(operation.MaxBodyLength(), maxLength(operation));
            _kept[i] = isKept(operation);
        }
    }

    /// <summary>Creates the rules for an end that serves only some operations.</summary>
    /// <param name="read">The operations whose bodies are read and therefore kept.</param>
    /// <param name="ignored">The operations that are served although their bodies are skipped.</param>
    /// <param name="maxLength">The maximum length of these bodies, within the protocol's limits. Bodies of other operations are
    ///   skipped, up to the length that the protocol allows.</param>
    public static BodyRules For(IReadOnlySet<Operation> read, IReadOnlySet<Operation> ignored, int maxLength) => new(
        operation => read.Contains(operation) || ignored.Contains(operation) ? maxLength : int.MaxValue, read.Contains);

    /// <summary>Returns the maximum body length of an operation.</summary>
    public int MaxLength(Operation operation) => _maxLength[(int)operation];

    /// <summary>Returns true if the bodies of an operation are kept.</summary>
    public bool IsKept(Operation operation) => _kept[(int)operation];
}
