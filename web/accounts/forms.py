"""Forms of the account; their fields are named as the verbs of `charity.accounts` name them."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, StringField

from web.forms import BaseForm, LengthBetween, Optional, Required


class SignInForm(BaseForm):
    """Name and password."""

    login_name = StringField(_l("登录名"), [Required(), LengthBetween(high=80)])
    password = PasswordField(_l("密码"), [Required(), LengthBetween(high=128)])


class RegisterForm(BaseForm):
    """A new account for one person."""

    login_name = StringField(
        _l("登录名"),
        [Required(), LengthBetween(3, 80)],
        description=_l("3 个字以上，文字、数字和 . _ @ + - 都可以，登录时用。"),
    )
    display_name = StringField(_l("姓名"), [Required(), LengthBetween(2, 60)])
    password = PasswordField(
        _l("密码"),
        [Required(), LengthBetween(10, 128)],
        description=_l("至少 10 个字。一句只有你记得的话最好。"),
    )
    identity = StringField(
        _l("身份证号"),
        [Optional(), LengthBetween(high=30)],
        description=_l("只保存加密后的指纹，用来确认审批、付款、验收是不同的人。捐款不用填。"),
    )


class CodeForm(BaseForm):
    """A code of the second factor, or one on paper."""

    code = StringField(
        _l("验证码"),
        [Required(), LengthBetween(high=40)],
        description=_l("打开手机上的验证器，输入 6 位数字；手机不在身边，就输入一个恢复码。"),
    )


class FirstCodeForm(BaseForm):
    """The first code of a new device."""

    code = StringField(
        _l("验证码"),
        [Required(), LengthBetween(high=40)],
        description=_l("验证器里现在显示的 6 位数字。"),
    )


class ResetForm(BaseForm):
    """Whose lost device is taken off."""

    login_name = StringField(
        _l("登录名"),
        [Required(), LengthBetween(high=80)],
        description=_l("先用电话或当面确认真是本人，再办。"),
    )


class PasswordForm(BaseForm):
    """Another password; every browser is signed out, this one too."""

    current_password = PasswordField(_l("现在的密码"), [Required(), LengthBetween(high=128)])
    new_password = PasswordField(
        _l("新密码"), [Required(), LengthBetween(10, 128)], description=_l("至少 10 个字。")
    )
