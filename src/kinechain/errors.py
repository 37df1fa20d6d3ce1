"""The error tree: every way in which a user's request can fail.

Each error has a code (a string that scripts match), an exit status, a sentence that says what is wrong and a hint
that says what to do, both in Japanese and English.

    KinechainError
    ├── UsageError                  2   the command
    │   └── OutputNotWritable       2
    ├── InputFileError          10–19   the file
    │   ├── FileMissing            10
    │   ├── NotAFile               11
    │   ├── EmptyFile              12
    │   ├── NotAVideo              13
    │   ├── NoVideoStream          14
    │   ├── TruncatedFile          15
    │   ├── ClipTooShort           16
    │   │   └── PartOutsideClip      16
    │   ├── UnsupportedCodec       17
    │   │   └── PictureTooLarge      17
    │   ├── PoseFileInvalid        18
    │   │   ├── PointsFileInvalid    18
    │   │   ├── PointsFormatUnknown  18
    │   │   ├── PointsFileTooLarge   18
    │   │   ├── PointsMissing        18
    │   │   └── PointsRateUnknown    18
    │   └── AssessmentFileInvalid  19
    │       ├── AssessmentTwice        19
    │       ├── AssessmentUndated      19
    │       ├── AssessmentsOutOfOrder  19
    │       └── AnotherRunner          19
    ├── SceneError              20–29   what is seen in it
    │   ├── NoPerson               20
    │   │   └── BodyOutOfPicture     20
    │   ├── NoRunning              21
    │   │   └── OtherExercise        21
    │   ├── WalkingNotRunning      22
    │   ├── ViewUnsupported        23
    │   ├── ViewContradicted       24
    │   ├── FrameRateTooLow        25
    │   ├── TooFewStrides          26
    │   ├── ViewDiagonal           27
    │   ├── PersonNotFound         28
    │   └── SlowMotionLikely       29
    ├── SetupError              30–39   models and set-up
    │   ├── ModelMissing           30
    │   ├── ModelUnknown           31
    │   ├── ModelDownloadFailed    32
    │   ├── EstimatorNotInstalled  35
    │   ├── ModelUnfit             36
    │   ├── RecordMissing          33
    │   ├── PlanChangedMeanwhile   34
    │   ├── DatabaseUnusable       37
    │   ├── DatabaseBusy           38
    │   └── StudioError            39
    │       ├── SignInNeeded         39
    │       ├── SignInFailed         39
    │       ├── ApiKeyInvalid        39
    │       ├── TooManyTries         39
    │       ├── NotAllowed           39
    │       ├── FormExpired          39
    │       ├── FormInvalid          39
    │       ├── InvitationInvalid    39
    │       ├── ConsentNeeded        39
    │       ├── PasswordTooShort     39
    │       ├── EmailTaken           39
    │       ├── UploadTooLarge       39
    │       ├── UploadOutOfStep      39
    │       ├── StorageFull          39
    │       ├── ClusterUnreachable   39
    │       │   └── ClusterRefused       39
    │       └── JobStopped           39
    │           ├── JobTimedOut          39
    │           ├── JobOutOfMemory       39
    │           ├── JobCrashed           39
    │           ├── JobLost              39
    │           └── JobCancelled         39
    ├── SessionError            40–49   session, athlete and intake
    │   ├── AthleteInvalid         40
    │   ├── OptionInvalid          41
    │   ├── ScaleUnknown           42
    │   ├── IntakeInvalid          43
    │   ├── SessionInvalid         44
    │   ├── WatchFileInvalid       45
    │   │   ├── WatchFileTooLarge    45
    │   │   └── WatchFileNotARun     45
    │   ├── DiaryInvalid           46
    │   │   └── DiaryOldForm         46
    │   ├── ChangeNotPossible      47
    │   ├── DiaryBusy              48
    │   └── PlanStopped            49
    └── InternalError              50
"""

from __future__ import annotations

from typing import ClassVar

from kinechain.text import Text


class KinechainError(Exception):
    """Base of every error that the product reports to a user.

    Parameters
    ----------
    **details
        Values for the placeholders of `sentence` and `hint`.
    """

    code: ClassVar[str] = "internal_error"
    exit_status: ClassVar[int] = 50
    sentence: ClassVar[Text] = Text(ja="内部エラーが発生しました。", en="An internal error occurred.")
    hint: ClassVar[Text] = Text(
        ja="`kinechain doctor` の結果を添えてお知らせください。",
        en="Please report it together with the output of `kinechain doctor`.",
    )

    def __init__(self, **details: object) -> None:
        self.details = details
        super().__init__(self.message.en)

    @property
    def message(self) -> Text:
        """What is wrong, with the details of this case."""
        return self.sentence.format(**self.details)

    @property
    def advice(self) -> Text:
        """What the user can do about it."""
        return self.hint.format(**self.details)


class InternalError(KinechainError):
    """A defect of the product: anything that is not one of the errors below."""

    code = "internal_error"
    sentence = Text(ja="内部エラーが発生しました（{reason}）。", en="An internal error occurred ({reason}).")


# --- the command -----------------------------------------------------------------------------------------------------


class UsageError(KinechainError):
    """The command was used in a wrong way."""

    code = "wrong_use"
    exit_status = 2
    sentence = Text(
        ja="コマンドの使い方が正しくありません：{reason}", en="The command was used in a wrong way: {reason}"
    )
    hint = Text(ja="`kinechain --help` をご覧ください。", en="See `kinechain --help`.")


class OutputNotWritable(UsageError):
    """The output folder cannot be made or written."""

    code = "output_not_writable"
    sentence = Text(ja="出力先 {path} に書き込めません。", en="The output {path} cannot be written.")
    hint = Text(
        ja="書き込みできる別のフォルダを --out で指定してください。",
        en="Choose another folder that can be written with --out.",
    )


# --- the input file --------------------------------------------------------------------------------------------------


class InputFileError(KinechainError):
    """The input file cannot be used."""

    code = "input_file"
    exit_status = 10


class FileMissing(InputFileError):
    """There is no file at the path given."""

    code = "file_missing"
    exit_status = 10
    sentence = Text(ja="ファイル {path} が見つかりません。", en="There is no file {path}.")
    hint = Text(ja="ファイル名と場所を確かめてください。", en="Check the name and the folder.")


class NotAFile(InputFileError):
    """The path is a folder or a device."""

    code = "not_a_file"
    exit_status = 11
    sentence = Text(ja="{path} はファイルではありません。", en="{path} is not a file.")
    hint = Text(ja="動画ファイルを一つ指定してください。", en="Name one video file.")


class EmptyFile(InputFileError):
    """The file has no content."""

    code = "file_empty"
    exit_status = 12
    sentence = Text(ja="{path} は空のファイルです。", en="{path} is empty.")
    hint = Text(
        ja="コピーが途中で止まった可能性があります。もう一度コピーしてください。",
        en="The copy may have stopped early: copy it again.",
    )


class NotAVideo(InputFileError):
    """The content is not a video container."""

    code = "not_a_video"
    exit_status = 13
    sentence = Text(ja="{path} は動画として読めません。", en="{path} is not a video that can be read.")
    hint = Text(
        ja="スマートフォンで撮った MP4 か MOV の動画を指定してください。",
        en="Name an MP4 or MOV clip as a phone writes it.",
    )


class NoVideoStream(InputFileError):
    """The container holds no moving picture."""

    code = "no_video_stream"
    exit_status = 14
    sentence = Text(ja="{path} には映像が入っていません（音声のみ）。", en="{path} holds no picture (sound only).")
    hint = Text(ja="映像の入った動画を指定してください。", en="Name a clip with a picture.")


class TruncatedFile(InputFileError):
    """The file ends before its content does, or is damaged inside."""

    code = "file_truncated"
    exit_status = 15
    sentence = Text(
        ja="{path} は途中で切れているか壊れています（{decoded} / {expected} フレームまで読めました）。",
        en="{path} is cut off or damaged ({decoded} of {expected} frames could be read).",
    )
    hint = Text(
        ja="元の端末からもう一度コピーするか、撮り直してください。",
        en="Copy it again from the phone, or film again.",
    )


class ClipTooShort(InputFileError):
    """The clip has too few frames to hold a stride."""

    code = "clip_too_short"
    exit_status = 16
    sentence = Text(
        ja="{path} は短すぎます（{frames} フレーム、{duration_s:.1f} 秒）。",
        en="{path} is too short ({frames} frames, {duration_s:.1f} s).",
    )
    hint = Text(
        ja="一定のペースで走る様子を 10 秒以上撮ってください。",
        en="Film at least 10 s of running at a steady pace.",
    )


class PartOutsideClip(ClipTooShort):
    """The part of a file that was asked for holds no frames."""

    code = "part_outside_clip"
    exit_status = 16
    sentence = Text(
        ja="{path} は {duration_s:.1f} 秒までで、{from_s:.1f} 秒からの部分がありません。",
        en="{path} lasts {duration_s:.1f} s: there is no part from {from_s:.1f} s on.",
    )
    hint = Text(
        ja="`from_s` と `to_s` をプレーヤーに表示される秒で指定してください。",
        en="Give `from_s` and `to_s` in the seconds that a player shows.",
    )


class UnsupportedCodec(InputFileError):
    """The picture is coded in a way that this installation cannot decode."""

    code = "codec_unsupported"
    exit_status = 17
    sentence = Text(
        ja="{path} の映像形式（{codec}）はこの環境では読めません。",
        en="The picture of {path} is coded as {codec}, which this installation cannot decode.",
    )
    hint = Text(
        ja="H.264 か HEVC で書き出してください。`kinechain doctor` で読める形式を確認できます。",
        en="Export it as H.264 or HEVC; `kinechain doctor` lists what can be read.",
    )


class PictureTooLarge(UnsupportedCodec):
    """The picture has more pixels than a phone films: a few of them fill the memory."""

    code = "picture_too_large"
    exit_status = 17
    sentence = Text(
        ja="{path} の画面が大きすぎます（{width} × {height} ピクセル。上限は {limit} メガピクセル）。",
        en="The picture of {path} is too large ({width} × {height} pixels; at most {limit} megapixels).",
    )
    hint = Text(ja="1080p か 4K で撮るか、書き出してください。", en="Film or export it in 1080p or 4K.")


class PoseFileInvalid(InputFileError):
    """A pose file is damaged or not one of ours."""

    code = "pose_file_invalid"
    exit_status = 18
    sentence = Text(ja="{path} はポーズファイルとして読めません：{reason}", en="{path} is no valid pose file: {reason}")
    hint = Text(ja="`kinechain assess` でもう一度作成してください。", en="Make it again with `kinechain assess`.")


class PointsFileInvalid(PoseFileInvalid):
    """A file of points made elsewhere is damaged."""

    code = "points_file_invalid"
    exit_status = 18
    sentence = Text(
        ja="{path} は体の点のファイル（{format}）として読めません：{reason}",
        en="{path} cannot be read as a file of body points ({format}): {reason}",
    )
    hint = Text(
        ja="作成したソフトでもう一度書き出してください。読める形式は文書 importing をご覧ください。",
        en="Export it again; the documentation page on importing lists what can be read.",
    )


class PointsFormatUnknown(PoseFileInvalid):
    """A file of points is of no format that is read."""

    code = "points_format_unknown"
    exit_status = 18
    sentence = Text(
        ja="{path} は体の点のファイルとして知られている形式ではありません。",
        en="{path} is not a file of body points in a known format.",
    )
    hint = Text(
        ja="TRC、C3D、OpenPose の JSON、MediaPipe の JSON（33 点）が読めます。動画は MP4 か MOV で指定してください。",
        en="TRC, C3D, OpenPose JSON and MediaPipe JSON (33 points) can be read; name a video as MP4 or MOV.",
    )


class PointsFileTooLarge(PoseFileInvalid):
    """A file of points holds more than is taken."""

    code = "points_file_too_large"
    exit_status = 18
    sentence = Text(
        ja="{path} は大きすぎます（{found}、上限 {limit}）。", en="{path} is too large ({found}; at most {limit})."
    )
    hint = Text(ja="走っている 10〜60 秒の区間だけを書き出してください。", en="Export only 10 to 60 s of the running.")


class PointsMissing(PoseFileInvalid):
    """A file of points lacks points that nothing can be measured without."""

    code = "points_missing"
    exit_status = 18
    sentence = Text(
        ja="{path} には計測に必要な点がありません：{points}", en="{path} lacks points that measuring needs: {points}"
    )
    hint = Text(
        ja="かかととつま先を含むモデル（HALPE_26、BODY_25、BlazePose など）で書き出してください。"
        "マーカーの C3D は、立位の試技（名前に static を含む C3D）を同じフォルダに一つ置いてください。",
        en="Use a model with heels and toes (HALPE_26, BODY_25, BlazePose …). For markers in C3D, put the one standing "
        "trial (a C3D with static in its name) into the same folder.",
    )


class PointsRateUnknown(PoseFileInvalid):
    """Neither a file of points nor the user says how many frames a second there are."""

    code = "points_rate_unknown"
    exit_status = 18
    sentence = Text(
        ja="{path} にはフレームレートが書かれていません。", en="{path} does not say how many frames a second it has."
    )
    hint = Text(
        ja="元の動画のフレームレートを --fps で指定してください（例：--fps 60）。",
        en="State the frame rate of the clip it came from with --fps, such as --fps 60.",
    )


class AssessmentFileInvalid(InputFileError):
    """An assessment.json is damaged, foreign or of another schema."""

    code = "assessment_file_invalid"
    exit_status = 19
    sentence = Text(ja="{path} は評価ファイルとして読めません：{reason}", en="{path} is no valid assessment: {reason}")
    hint = Text(ja="`kinechain assess` でもう一度作成してください。", en="Make it again with `kinechain assess`.")


class AssessmentTwice(AssessmentFileInvalid):
    """Two assessments to be compared hold the same clip."""

    code = "assessment_twice"
    exit_status = 19
    sentence = Text(
        ja="{path} と {other} は同じ動画の評価です。", en="{path} and {other} are assessments of the same clip."
    )
    hint = Text(
        ja="撮影日の違う評価を、それぞれ 1 回ずつ指定してください。",
        en="Name assessments of different days, each of them once.",
    )


class AssessmentUndated(AssessmentFileInvalid):
    """The day on which an assessment was filmed is needed, but not known."""

    code = "assessment_undated"
    exit_status = 19
    sentence = Text(ja="{path} の撮影日が分かりません。", en="The day of filming of {path} is not known.")
    hint = Text(
        ja="`kinechain diary add` の --date と --assessment で日付とこのファイルを記録し、--diary で指定してください。"
        "次からは `kinechain assess` に --date を付けられます。",
        en="Note its day and file with --date and --assessment of `kinechain diary add` and name the diary in --diary; "
        "next time give --date to `kinechain assess`.",
    )


class AssessmentsOutOfOrder(AssessmentFileInvalid):
    """An assessment is earlier than the one named before it."""

    code = "assessments_out_of_order"
    exit_status = 19
    sentence = Text(
        ja="{path}（{date}）は、先に指定した {other}（{other_date}）より前の日付です。",
        en="{path} ({date}) is earlier than {other} ({other_date}), which is named before it.",
    )
    hint = Text(ja="古い評価から順に指定してください。", en="Name the assessments from the earliest to the latest.")


class AnotherRunner(AssessmentFileInvalid):
    """Two assessments to be compared cannot be of one runner."""

    code = "another_runner"
    exit_status = 19
    sentence = Text(
        ja="{other} と {path} は同じ人の評価ではないようです（{why}）。",
        en="{other} and {path} do not seem to be of one runner ({why}).",
    )
    hint = Text(
        ja="ファイルと選手の記入（身長・性別・年齢）を確かめてください。",
        en="Check the files, and the height, sex and age that are stated in them.",
    )


# --- what is seen ----------------------------------------------------------------------------------------------------


class SceneError(KinechainError):
    """The clip can be read, but what it shows cannot be judged."""

    code = "scene"
    exit_status = 20


class NoPerson(SceneError):
    """No person is found in enough of the frames."""

    code = "no_person"
    exit_status = 20
    sentence = Text(
        ja="人が見つかりません（{frames} フレーム中 {found} フレームで検出）。",
        en="No person was found (seen in {found} of {frames} frames).",
    )
    hint = Text(
        ja="全身が入るように、明るい場所で一人だけを撮ってください。",
        en="Film one runner, whole body in the picture, in good light.",
    )


class BodyOutOfPicture(NoPerson):
    """A person is there, but too little of the body is in the picture to check an exercise."""

    code = "body_out_of_picture"
    exit_status = 20
    sentence = Text(
        ja="肩から足先まで全身が見えるフレームが {share:.0%} しかなく、運動を確認できません。",
        en="The body is seen from shoulders to toes in only {share:.0%} of the frames: the exercise cannot be checked.",
    )
    hint = Text(
        ja="カメラを離して固定し、動きの間ずっと肩から足先までが入るように撮ってください。",
        en="Fix the camera farther away, so that shoulders to toes stay in the picture during the whole movement.",
    )


class NoRunning(SceneError):
    """A person is there but does not run."""

    code = "no_running"
    exit_status = 21
    sentence = Text(ja="人は映っていますが、走る動きが見つかりません。", en="A person is seen, but no running.")
    hint = Text(
        ja="一定のペースで 10 秒以上走る動画を使ってください。スローなら --slow-motion で倍率を指定します。",
        en="Use a clip of at least 10 s of running at a steady pace; state a slow-motion factor with --slow-motion.",
    )


class OtherExercise(NoRunning):
    """The movement in the clip is not the exercise that was asked for."""

    code = "other_exercise"
    exit_status = 21
    sentence = Text(
        ja="指定された運動（{exercise}）ではなく、{looks_like}のようです。",
        en="This does not look like the exercise asked for ({exercise}) but like {looks_like}.",
    )
    hint = Text(
        ja="--exercise を確かめ、撮り方に従ってその運動だけを撮ってください。{camera}",
        en="Check --exercise, and film that exercise alone as follows. {camera}",
    )


class WalkingNotRunning(SceneError):
    """The person walks: there is no flight between contacts."""

    code = "walking"
    exit_status = 22
    sentence = Text(
        ja="歩いている動画のようです（{cadence_spm:.0f} 歩/分、両足が同時に地面についています）。",
        en="The person walks ({cadence_spm:.0f} steps/min, both feet on the ground at once).",
    )
    hint = Text(ja="走っている動画を使ってください。", en="Use a clip of running.")


class ViewUnsupported(SceneError):
    """What is asked for cannot be measured from this view."""

    code = "view_unsupported"
    exit_status = 23
    sentence = Text(
        ja="この撮影方向（{view}）からは計測できません。",
        en="This cannot be measured from this view ({view}).",
    )
    hint = Text(
        ja="真横・真後ろ・真正面のどれかから撮ってください。",
        en="Film from the side, the rear or the front.",
    )


class ViewContradicted(SceneError):
    """The view stated by the user is not the view that is seen."""

    code = "view_contradicted"
    exit_status = 24
    sentence = Text(
        ja="指定された向き（{stated}）と映像の向き（{seen}）が合いません。",
        en="The view stated ({stated}) is not the view seen ({seen}).",
    )
    hint = Text(
        ja="--view を外すか、正しい向きを指定してください。左右反転した動画は元に戻してください。",
        en="Leave out --view or state the right one; undo any mirroring of the clip.",
    )


class ViewDiagonal(SceneError):
    """The camera stands between the side and the rear or front."""

    code = "view_diagonal"
    exit_status = 27
    sentence = Text(
        ja="斜めから撮影されています（{view} から約 {yaw:.0f} 度）。この向きでは角度が正しく読めません。",
        en="The clip is filmed at a slant (about {yaw:.0f} degrees off {view}): angles cannot be read from there.",
    )
    hint = Text(
        ja="真横・真後ろ・真正面のどれかから撮ってください。向きが正しいはずなら --view で指定してください。",
        en="Film straight from the side, the rear or the front. If it is, state the view with --view.",
    )


class FrameRateTooLow(SceneError):
    """Too few frames a second to see a contact."""

    code = "frame_rate_too_low"
    exit_status = 25
    sentence = Text(
        ja="フレームレートが低すぎます（{fps:.0f} fps、必要なのは {needed:.0f} fps 以上）。",
        en="The frame rate is too low ({fps:.0f} fps; at least {needed:.0f} fps are needed).",
    )
    hint = Text(
        ja="60 fps 以上、できれば 120 fps で撮ってください。スローモーションなら --slow-motion で倍率を指定します。",
        en="Film at 60 fps or more, best 120 fps. For a slow-motion clip state the factor with --slow-motion.",
    )


class TooFewStrides(SceneError):
    """Running is seen, but not one whole stride of either leg."""

    code = "too_few_strides"
    exit_status = 26
    sentence = Text(
        ja="走っていますが、計測できる一歩の周期が足りません（左 {left}、右 {right}）。",
        en="Running is seen, but too few whole strides can be measured (left {left}, right {right}).",
    )
    hint = Text(
        ja="カメラを固定し、足先まで入るように 10 秒以上撮ってください。",
        en="Fix the camera and film at least 10 s with the feet in the picture.",
    )


class PersonNotFound(SceneError):
    """`--person` names somebody who is not in the clip."""

    code = "person_not_found"
    exit_status = 28
    sentence = Text(
        ja="{person} 番の人は見つかりません。見つかったのは {found} 人です（番号と画面左端からの位置：{places}）。",
        en="There is no person {person}: {found} found (number, and place from the left edge: {places}).",
    )
    hint = Text(
        ja="--person に 1 から {found} までの番号を指定するか、--person を外して走っている人を自動で選んでください。",
        en="Give --person a number from 1 to {found}, or leave it out: the runner is then chosen by the motion.",
    )


# --- models and set-up -----------------------------------------------------------------------------------------------


class SlowMotionLikely(SceneError):
    """As it stands nobody runs, but in slow motion somebody would."""

    code = "slow_motion_likely"
    exit_status = 29
    sentence = Text(
        ja="このままではピッチが {cadence_spm:.0f} 歩/分となり、走りとして成り立ちません。"
        "約 {factor:g} 倍のスローモーションのようです。",
        en="As it stands the cadence is {cadence_spm:.0f} steps/min, which no runner has: the clip seems to be in slow "
        "motion, about {factor:g} times.",
    )
    hint = Text(
        ja="撮影時の倍率を確かめて --slow-motion {factor:g} のように指定してください。"
        "元の動画があれば、そちらを使うと確実です。",
        en="Check the factor it was filmed with and state it: --slow-motion {factor:g}. "
        "The original clip is safer still.",
    )


class SetupError(KinechainError):
    """Something that the product needs is not in place."""

    code = "setup"
    exit_status = 30


class ModelMissing(SetupError):
    """The pose weights are not on this machine."""

    code = "model_missing"
    exit_status = 30
    sentence = Text(ja="姿勢推定の重みファイルがありません（{path}）。", en="The pose weights are not here ({path}).")
    hint = Text(
        ja="ネットワークにつながった状態で一度 `kinechain models fetch` を実行してください。",
        en="Run `kinechain models fetch` once while online.",
    )


class ModelUnknown(SetupError):
    """A weights file is not the one whose error was measured."""

    code = "model_unknown"
    exit_status = 31
    sentence = Text(
        ja="{path} は想定した重みファイルではありません（sha256 {found}）。",
        en="{path} is not the expected weights file (sha256 {found}).",
    )
    hint = Text(
        ja="`kinechain models fetch` で取り直すか、分かった上で使う場合は --allow-unknown-model を付けてください。",
        en="Get it again with `kinechain models fetch`, or use it knowingly with --allow-unknown-model.",
    )


class ModelDownloadFailed(SetupError):
    """The pose weights could not be downloaded."""

    code = "model_download_failed"
    exit_status = 32
    sentence = Text(
        ja="重みファイルをダウンロードできませんでした：{reason}",
        en="The pose weights could not be downloaded: {reason}",
    )
    hint = Text(
        ja="ネットワークを確かめてもう一度実行するか、別の入手先（文書 models）をご覧ください。",
        en="Check the network and try again, or see the second source on the documentation page on models.",
    )


class EstimatorNotInstalled(SetupError):
    """An optional estimator is asked for whose runtime is not installed."""

    code = "estimator_not_installed"
    exit_status = 35
    sentence = Text(
        ja="この姿勢推定には {package} が必要ですが、入っていません。",
        en="This estimator needs {package}, which is not installed.",
    )
    hint = Text(
        ja="`python -m pip install 'kinechain[{extra}]'` で追加できます。",
        en="Add it with `python -m pip install 'kinechain[{extra}]'`.",
    )


class ModelUnfit(SetupError):
    """A model file that the user brings is missing, damaged or another network."""

    code = "model_unfit"
    exit_status = 36
    sentence = Text(
        ja="モデルファイル {path} は使えません：{reason}", en="The model file {path} cannot be used: {reason}"
    )
    hint = Text(
        ja="26 点（HALPE_26）の RTMPose の ONNX ファイルを --model で指定してください（文書 models をご覧ください）。",
        en="Name an ONNX file of RTMPose with 26 points (Halpe-26) with --model; see the documentation page on models.",
    )


class DatabaseUnusable(SetupError):
    """The studio's database cannot be reached or read, or a newer version wrote it."""

    code = "database_unusable"
    exit_status = 37
    sentence = Text(ja="データベース {url} を開けません：{reason}", en="The database {url} cannot be opened: {reason}")
    hint = Text(
        ja="接続先と権限を確かめてください。新しい版で作られたデータは、その版以降の kinechain で開けます。",
        en="Check address and permissions. Data of a newer kinechain opens with that version or a later one.",
    )


class DatabaseBusy(SetupError):
    """Another transaction holds the studio's database for too long."""

    code = "database_busy"
    exit_status = 38
    sentence = Text(
        ja="データベースがほかの処理で使われているため、保存できませんでした。",
        en="The database was busy with something else; nothing was saved.",
    )
    hint = Text(ja="少し待ってから、もう一度お試しください。", en="Wait a moment and try again.")


class RecordMissing(SetupError):
    """There is no such record, or it belongs to somebody else: the answer is the same."""

    code = "record_missing"
    exit_status = 33
    sentence = Text(ja="お探しの記録が見つかりません。", en="There is no such record.")
    hint = Text(
        ja="削除されたか、見る権限がない可能性があります。一覧からもう一度選んでください。",
        en="It may have been deleted, or you may not have access. Choose it from the list again.",
    )


class PlanChangedMeanwhile(SetupError):
    """Two people edit one plan; the second one has not seen what the first one saved."""

    code = "plan_changed_meanwhile"
    exit_status = 34
    sentence = Text(
        ja="編集中に、ほかの方がこのプランを変更しました。変更は保存していません。",
        en="Somebody else changed this plan while you were editing; your change was not saved.",
    )
    hint = Text(
        ja="新しいプランを開いて、変更をもう一度入力してください。",
        en="Open the new plan and enter your change again.",
    )


# --- the studio's pages ---------------------------------------------------------------------------------------------


class StudioError(SetupError):
    """A request to the studio cannot be done."""

    code = "studio"
    exit_status = 39


class SignInNeeded(StudioError):
    """Nobody is signed in, or no longer."""

    code = "sign_in_needed"
    exit_status = 39
    sentence = Text(ja="サインインが必要です。", en="Please sign in first.")
    hint = Text(ja="サインインしてから、もう一度開いてください。", en="Sign in, then open the page again.")


class SignInFailed(StudioError):
    """E-mail address and password do not belong together; which of the two is wrong is not said."""

    code = "sign_in_failed"
    exit_status = 39
    sentence = Text(ja="メールアドレスまたはパスワードが違います。", en="E-mail address or password is not right.")
    hint = Text(
        ja="入力を確かめて、もう一度お試しください。アカウントは招待リンクから作れます。",
        en="Check both and try again. An account is made with an invitation link.",
    )


class ApiKeyInvalid(StudioError):
    """A program brings no key, or one that is unknown, revoked or expired."""

    code = "api_key_invalid"
    exit_status = 39
    sentence = Text(
        ja="プログラム用のキーがないか、使えないキーです。", en="There is no key for programs, or it cannot be used."
    )
    hint = Text(
        ja="「Authorization: Bearer kc_…」を付けてください。キーはアカウントのページで作れます。",
        en="Send “Authorization: Bearer kc_…”. Keys are made on the account page.",
    )


class TooManyTries(StudioError):
    """Too many sign-ins failed."""

    code = "too_many_tries"
    exit_status = 39
    sentence = Text(
        ja="サインインの失敗が続いたため、いったん止めています。",
        en="Signing in failed too often and is paused.",
    )
    hint = Text(ja="{minutes}分ほど待ってから、お試しください。", en="Wait about {minutes} minutes and try again.")


class NotAllowed(StudioError):
    """The person is signed in, but this is not for their role."""

    code = "not_allowed"
    exit_status = 39
    sentence = Text(ja="このページを開く権限がありません。", en="This page is not open to you.")
    hint = Text(ja="はじめのページに戻ってください。", en="Go back to the first page.")


class FormExpired(StudioError):
    """A form without the key of this sign-in: left open too long, or sent by another site."""

    code = "form_expired"
    exit_status = 39
    sentence = Text(
        ja="この画面は古くなっているため、保存していません。", en="This page was out of date; nothing was saved."
    )
    hint = Text(ja="ページを開き直して、もう一度入力してください。", en="Open the page again and enter it once more.")


class FormInvalid(StudioError):
    """A field of a form holds what cannot be."""

    code = "form_invalid"
    exit_status = 39
    sentence = Text(ja="「{field}」の入力を確かめてください。", en="Please check “{field}”.")
    hint = Text(ja="入力できるもの：{allowed}", en="What can be entered: {allowed}")


class InvitationInvalid(StudioError):
    """An invitation link was used, is too old, or never was one."""

    code = "invitation_invalid"
    exit_status = 39
    sentence = Text(ja="この招待リンクは使えません。", en="This invitation link does not work.")
    hint = Text(
        ja="使用済みか期限切れの可能性があります。新しいリンクを発行してもらってください。",
        en="It may have been used or be too old. Ask for a new one.",
    )


class ConsentNeeded(StudioError):
    """Health data of somebody who has not agreed to that, or no longer does."""

    code = "consent_needed"
    exit_status = 39
    sentence = Text(ja="ご本人の同意がまだ記録されていません。", en="The runner's consent is not recorded yet.")
    hint = Text(
        ja="ランナーのページで説明を読んでもらい、同意を記録してください。",
        en="Read the text on the runner's page together and record the consent there.",
    )


class PasswordTooShort(StudioError):
    """A password is too short to be safe, or too long to be one."""

    code = "password_too_short"
    exit_status = 39
    sentence = Text(
        ja="パスワードは{shortest}〜{longest}文字にしてください。",
        en="A password has {shortest} to {longest} characters.",
    )
    hint = Text(
        ja="長い言葉の組み合わせがおすすめです。記号は必須ではありません。",
        en="Several long words work well; symbols are not needed.",
    )


class EmailTaken(StudioError):
    """There is an account with this e-mail address."""

    code = "email_taken"
    exit_status = 39
    sentence = Text(
        ja="このメールアドレスのアカウントはすでにあります。", en="There is an account with this e-mail address."
    )
    hint = Text(
        ja="そのアカウントでサインインするか、別のアドレスを使ってください。",
        en="Sign in with it, or use another address.",
    )


class UploadTooLarge(StudioError):
    """A clip is larger than the studio takes."""

    code = "upload_too_large"
    exit_status = 39
    sentence = Text(ja="ファイルが大きすぎます（上限 {limit} GB）。", en="The file is too large (at most {limit} GB).")
    hint = Text(
        ja="走っている部分を10〜20秒だけ切り出して、もう一度送ってください。",
        en="Cut out 10 to 20 seconds of running and send that.",
    )


class UploadOutOfStep(StudioError):
    """A piece of a clip does not begin where the last one ended, or is longer than what is left."""

    code = "upload_out_of_step"
    exit_status = 39
    sentence = Text(
        ja="アップロードの続きの位置が合いません（受信済み {received} バイト）。",
        en="The upload goes on from the wrong place ({received} bytes are here).",
    )
    hint = Text(
        ja="同じファイルをもう一度選ぶと、続きから送ります。", en="Choose the same file again; it goes on from there."
    )


class ClusterUnreachable(StudioError):
    """No scheduler answers where the analyses are to be done."""

    code = "cluster_unreachable"
    exit_status = 39
    sentence = Text(
        ja="解析を行うスケジューラー（{address}）につながりません（{reason}）。",
        en="No scheduler for the analyses answers at {address} ({reason}).",
    )
    hint = Text(
        ja="スケジューラーが動いているか確認してください。待っている解析は、つながりしだい自動で始まります。",
        en="See whether it runs; analyses that wait begin by themselves once it answers.",
    )


class ClusterRefused(ClusterUnreachable):
    """Scheduler and studio do not trust one another's certificates, or one of them has none."""

    code = "cluster_refused"
    exit_status = 39
    sentence = Text(
        ja="スケジューラー（{address}）と、TLS 証明書による確認ができませんでした（{reason}）。",
        en="The scheduler at {address} and this studio do not trust one another's certificates ({reason}).",
    )
    hint = Text(
        ja="アドレスを tls:// で始め、スケジューラーと同じ認証局のファイルを指定してください："
        "`--tls-ca`、`--tls-cert`、`--tls-key`。",
        en="Let the address begin with tls:// and name files of the scheduler's own authority: "
        "`--tls-ca`, `--tls-cert`, `--tls-key`.",
    )


class JobStopped(StudioError):
    """An analysis of the studio ended before it had a result."""

    code = "job_stopped"
    exit_status = 39
    sentence = Text(ja="解析が途中で止まりました。", en="The analysis stopped before it was done.")
    hint = Text(ja="もう一度解析してください。", en="Start the analysis again.")


class JobTimedOut(JobStopped):
    """An analysis took longer than it may."""

    code = "job_timed_out"
    exit_status = 39
    sentence = Text(
        ja="解析が制限時間（{limit_s:.0f} 秒）内に終わりませんでした。",
        en="The analysis did not end within its {limit_s:.0f} s.",
    )
    hint = Text(
        ja="短い動画で試すか、管理者に制限時間を延ばすよう頼んでください。",
        en="Use shorter clips, or have the time limit raised.",
    )


class JobOutOfMemory(JobStopped):
    """An analysis needed more memory than it may take."""

    code = "job_out_of_memory"
    exit_status = 39
    sentence = Text(
        ja="解析に必要なメモリが上限（{limit_mb:.0f} MB）を超えました。",
        en="The analysis needed more than its {limit_mb:.0f} MB of memory.",
    )
    hint = Text(
        ja="動画の解像度を下げる（フル HD で十分です）か、管理者に上限を上げるよう頼んでください。",
        en="Film in full HD, which is enough, or have the memory limit raised.",
    )


class JobCrashed(JobStopped):
    """The process of an analysis died."""

    code = "job_crashed"
    exit_status = 39
    sentence = Text(ja="解析のプロセスが異常終了しました（{how}）。", en="The process of the analysis died ({how}).")
    hint = Text(
        ja="動画が壊れていないか確かめ、元の動画からもう一度アップロードしてください。",
        en="See whether the clip plays, and upload the original file again.",
    )


class JobLost(JobStopped):
    """An analysis was started several times, and each time whoever ran it was lost."""

    code = "job_lost"
    exit_status = 39
    sentence = Text(
        ja="解析を何度始めても、実行していたプログラムが停止しました。",
        en="Each time the analysis was started, the program that ran it was lost.",
    )
    hint = Text(
        ja="動画を一つずつ減らして試してください。続くときは管理者に記録を確かめるよう頼んでください。",
        en="Try again with fewer clips; where it goes on, have the server's log looked at.",
    )


class JobCancelled(JobStopped):
    """An analysis was called off."""

    code = "job_cancelled"
    exit_status = 39
    sentence = Text(ja="解析は取り消されました。", en="The analysis was called off.")
    hint = Text(ja="必要なら、もう一度解析してください。", en="Start it again if it is needed.")


class StorageFull(StudioError):
    """There is no room left for the studio's files."""

    code = "storage_full"
    exit_status = 39
    sentence = Text(
        ja="保存先の空き容量が足りないため、保存できませんでした。", en="There was no room left to write the files."
    )
    hint = Text(
        ja="空き容量を増やしてから、もう一度お試しください。送った分の動画は残っています。",
        en="Free some space, then try again; what arrived of a clip is kept.",
    )


# --- session, athlete, intake ----------------------------------------------------------------------------------------


class SessionError(KinechainError):
    """What the user says about the runner or the session cannot be used."""

    code = "session"
    exit_status = 40


class AthleteInvalid(SessionError):
    """The athlete file has an unknown key, a wrong type or an impossible value."""

    code = "athlete_invalid"
    exit_status = 40
    sentence = Text(
        ja="選手ファイル {path} の内容が正しくありません：{reason}", en="The athlete file {path} is wrong: {reason}"
    )
    hint = Text(
        ja='身長は cm、体重は kg、年齢は歳、性別は "female" か "male" で書いてください。',
        en='Give the height in cm, the mass in kg, the age in years, the sex as "female" or "male".',
    )


class OptionInvalid(SessionError):
    """A value given on the command line is impossible for a runner."""

    code = "option_invalid"
    exit_status = 41
    sentence = Text(ja="{option} の値 {value} は使えません：{reason}", en="{option} {value} cannot be used: {reason}")
    hint = Text(ja="値と単位を確かめてください。", en="Check the value and its unit.")


class ScaleUnknown(SessionError):
    """Metres are asked for, but neither height nor speed is known."""

    code = "scale_unknown"
    exit_status = 42
    sentence = Text(
        ja="身長も走速度も分からないため、メートルに直せません。",
        en="Neither body height nor speed is known, so pixels cannot be turned into metres.",
    )
    hint = Text(
        ja="--athlete で身長、または --speed で速度を指定して、もう一度 `kinechain assess` を実行してください。",
        en="Run `kinechain assess` again with the height in --athlete, or the speed in --speed.",
    )


class IntakeInvalid(SessionError):
    """The intake file has an unknown key or an impossible answer."""

    code = "intake_invalid"
    exit_status = 43
    sentence = Text(
        ja="問診ファイル {path} の内容が正しくありません：{reason}", en="The intake file {path} is wrong: {reason}"
    )
    hint = Text(
        ja="質問と答え方は文書 intake をご覧ください。分からない質問は行ごと省けます。",
        en="The documentation page on the intake lists questions and answers; leave out the lines you cannot answer.",
    )


class SessionInvalid(SessionError):
    """A session file is missing, is no TOML, or has a key or a value that cannot be understood."""

    code = "session_invalid"
    exit_status = 44
    sentence = Text(
        ja="セッションファイル {path} の内容が正しくありません：{reason}",
        en="The session file {path} is wrong: {reason}",
    )
    hint = Text(
        ja="書き方は文書 files をご覧ください。[[clip]] が一つ以上必要で、動画の場所はこのファイルからの相対パスです。",
        en="The documentation page on files shows one. It needs at least one [[clip]]; paths are relative to the file.",
    )


class WatchFileInvalid(SessionError):
    """A file of a running watch is damaged, or is no FIT file."""

    code = "watch_file_invalid"
    exit_status = 45
    sentence = Text(
        ja="{path} は FIT ファイルとして読めません（壊れているか、別の種類のファイルです）。",
        en="{path} cannot be read as a FIT file: it is damaged or of another kind.",
    )
    hint = Text(
        ja="ウォッチかアプリから「元のファイル（.fit）」をもう一度書き出すか、距離を問診ファイルに書いてください。",
        en="Export the original .fit file from the watch or its app again, or write the distances in the intake file.",
    )


class WatchFileTooLarge(WatchFileInvalid):
    """A file of a running watch is larger than an activity can be."""

    code = "watch_file_too_large"
    exit_status = 45
    sentence = Text(
        ja="{path} は 1 回のランニングの記録としては大きすぎます（上限 {limit}）。",
        en="{path} is too large for the record of one run (at most {limit}).",
    )
    hint = Text(ja="1 回分の .fit ファイルを指定してください。", en="Give a .fit file that holds one activity.")


class WatchFileNotARun(WatchFileInvalid):
    """A file of a running watch holds no run."""

    code = "watch_file_not_a_run"
    exit_status = 45
    sentence = Text(
        ja="{path} に、距離と時間のあるランニングの記録がありません。",
        en="{path} holds no run with a distance and a duration.",
    )
    hint = Text(
        ja="ランニングとして記録した .fit ファイルを指定してください。",
        en="Give a .fit file of an activity that was recorded as running.",
    )


class ChangeNotPossible(SessionError):
    """A change is asked for, but what it starts from was not measured, or lies where nothing is known."""

    code = "change_not_possible"
    exit_status = 47
    sentence = Text(
        ja="{change} の影響は計算できません（{name} が計測されていないか、データのある範囲の外です）。",
        en="The effect of {change} cannot be computed: {name} was not measured, or lies outside of what is known.",
    )
    hint = Text(
        ja="走速度と身長を指定して横からの動画をもう一度解析するか、変化を小さくしてください。",
        en="Assess a side view again with speed and body height, or ask for a smaller change.",
    )


class DiaryInvalid(SessionError):
    """A diary is missing, is no TOML, or an entry cannot be understood."""

    code = "diary_invalid"
    exit_status = 46
    sentence = Text(ja="記録 {path} の内容が正しくありません：{reason}", en="The diary {path} is wrong: {reason}")
    hint = Text(
        ja="痛みは 0〜10、距離は km、日付は 2026-03-14 の形です。`kinechain diary add` で書き足せます。",
        en="Pain is 0 to 10, distance in km, a date looks like 2026-03-14; `kinechain diary add` writes entries.",
    )


class DiaryOldForm(DiaryInvalid):
    """A diary has the tables or keys of an earlier form."""

    code = "diary_old_form"
    exit_status = 46
    sentence = Text(
        ja="記録 {path} は以前の形式です（{what}）。今の形式に書き換えてください。",
        en="The diary {path} has an earlier form ({what}); it has to be rewritten.",
    )
    hint = Text(
        ja="ラン・種目ごとに TOML の [[entry]] を 1 つ書きます。pain は pain_during と pain_after に、"
        "exercises は exercise と sets に、[[done]] は [[entry]] に直してください。",
        en="TOML with one [[entry]] for each run and each exercise: pain becomes pain_during and pain_after, "
        "exercises becomes exercise and sets, [[done]] becomes [[entry]].",
    )


class DiaryBusy(SessionError):
    """Somebody else keeps writing to the diary."""

    code = "diary_busy"
    exit_status = 48
    sentence = Text(
        ja="記録 {path} は、ほかの人またはプログラムが書き込み中です。",
        en="The diary {path} is being written by somebody else.",
    )
    hint = Text(ja="少し待ってから、もう一度実行してください。", en="Wait a moment, then run the command again.")


class PlanStopped(SessionError):
    """A calendar was asked for while the plan is stopped."""

    code = "plan_stopped"
    exit_status = 49
    sentence = Text(ja="計画は止まっています：{reason}", en="The plan is stopped: {reason}")
    hint = Text(
        ja="問診に答えるか、医療機関に相談してから、もう一度計画を作ってください。",
        en="Answer the questions, or have the leg looked at, and make the plan again.",
    )
