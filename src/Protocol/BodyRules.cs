namespace TspActors.Protocol;

/// <summary>
/// The bodies that one end of a connection accepts: how long each operation's body may be, and whether its bytes are kept or skipped.
/// </summary>
/// <remarks>
/// A body that nobody here reads costs no memory when it is skipped; only what is served has to be kept, and for most of it
/// <see cref="SmallBody"/> is plenty. Immutable.
/// </remarks>
public sealed class BodyRules
{
    /// <summary>The length that is plenty for every body but a share and a page of the catalog: that of INIT.</summary>
    public const int SmallBody = 16 * 1024;

    private const int Operations = 128;

    /// <summary>What the contract allows: every known operation is kept (docs/protocol.md section 1).</summary>
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

    /// <summary>Makes the rules of an end that serves some operations.</summary>
    /// <param name="read">Operations whose bodies are read, so they are kept.</param>
    /// <param name="ignored">Operations that are served without looking at their body, so it is skipped.</param>
    /// <param name="maxLength">The longest body of both, within the contract. That of any other operation is skipped, whatever the contract
    ///   allows.</param>
    public static BodyRules For(IReadOnlySet<Operation> read, IReadOnlySet<Operation> ignored, int maxLength) => new(
        operation => read.Contains(operation) || ignored.Contains(operation) ? maxLength : int.MaxValue, read.Contains);

    /// <summary>Returns the longest body of that operation.</summary>
    public int MaxLength(Operation operation) => _maxLength[(int)operation];

    /// <summary>Returns true when the bytes of that operation's body are kept.</summary>
    public bool IsKept(Operation operation) => _kept[(int)operation];
}
