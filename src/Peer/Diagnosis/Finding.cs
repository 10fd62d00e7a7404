namespace TspActors.Peer.Diagnosis;

/// <summary>The severity of a <see cref="Finding"/>.</summary>
internal enum FindingState
{
    /// <summary>All is well.</summary>
    Ok,

    /// <summary>The peer works, but the user may want to know or change this.</summary>
    Warning,

    /// <summary>The user must do something.</summary>
    Problem,
}

/// <summary>The result of a check.</summary>
/// <param name="Check">The name of the check. Other programs rely on it.</param>
/// <param name="State">The severity of the result.</param>
/// <param name="Detail">The result in words.</param>
/// <param name="Advice">What the user can do; empty = nothing.</param>
internal sealed record Finding(string Check, FindingState State, string Detail, string Advice = "")
{
    /// <summary>Returns a finding that reports no fault.</summary>
    public static Finding Ok(string check, string detail) => new(check, FindingState.Ok, detail);

    /// <summary>Returns a finding that the user may want to know about.</summary>
    public static Finding Warning(string check, string detail, string advice = "") => new(check, FindingState.Warning, detail, advice);

    /// <summary>Returns a finding that the user must do something about.</summary>
    public static Finding Problem(string check, string detail, string advice) => new(check, FindingState.Problem, detail, advice);
}
