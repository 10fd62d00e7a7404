namespace TspActors.Fuzz.Targets;

/// <summary>A parser of bytes from strangers, with the rules that hold for every input.</summary>
internal abstract class FuzzTarget
{
    /// <summary>The name on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>Returns inputs from which the search starts. Each of them keeps the rules.</summary>
    public abstract IEnumerable<byte[]> Seeds();

    /// <summary>Parses the input and checks the rules.</summary>
    /// <exception cref="BrokenRuleException">A rule does not hold. Any other exception is a finding, too.</exception>
    public abstract void Run(byte[] input);

    /// <summary>Returns the most bytes of memory that an input of this length may take, with the checks.</summary>
    public virtual long MaxAllocated(int inputLength) => (256 << 10) + 64L * inputLength;
}
